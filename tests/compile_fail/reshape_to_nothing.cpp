// theme: options of layers
// expect-error: Reshape: it needs at least one extent, each at least 1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Reshape<4>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Reshape<>, kiln::ReLU>;
#endif
