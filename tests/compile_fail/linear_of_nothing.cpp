// theme: options of layers
// expect-error: Linear: it needs at least one input and one output feature
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 3>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Linear<0, 3>, kiln::ReLU>;
#endif
