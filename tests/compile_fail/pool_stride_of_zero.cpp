// theme: options of layers
// expect-error: a pool's stride is at least 1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::AvgPool<2, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::AvgPool<2, 0>, kiln::ReLU>;
#endif
