// theme: options of layers
// expect-error: a pool's padding is at most half of its window
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/max_pool1d.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::MaxPool1d<3, 2, 1>>;
#else
using Net = kiln::Sequential<kiln::MaxPool1d<3, 2, 2>>;
#endif
