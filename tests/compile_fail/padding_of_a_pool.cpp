// theme: options of layers
// expect-error: a pool's padding is at most half of its window
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/max_pool.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::MaxPool<3, 2, 1>>;
#else
using Net = kiln::Sequential<kiln::MaxPool<3, 2, 2>>;
#endif
