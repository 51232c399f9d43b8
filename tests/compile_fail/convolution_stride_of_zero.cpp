// theme: options of layers
// expect-error: a convolution's stride is at least 1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 6, 3, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 6, 3, 0>, kiln::ReLU>;
#endif
