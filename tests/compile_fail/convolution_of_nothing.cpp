// theme: options of layers
// expect-error: a convolution needs at least one input and one output channel
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 6, 3>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Conv<0, 6, 3>, kiln::ReLU>;
#endif
