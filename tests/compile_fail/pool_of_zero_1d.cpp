// theme: options of layers
// expect-error: a pool's window is at least 1x1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::AvgPool1d<1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::AvgPool1d<0>, kiln::ReLU>;
#endif
