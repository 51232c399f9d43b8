// theme: options of layers
// expect-error: ClassToken: it needs at least one feature
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ClassToken<8>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::ClassToken<0>, kiln::ReLU>;
#endif
