// theme: networks
// expect-error: layer 0 Sum has no branches: give it at least one
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Sum<kiln::Tanh>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Sum<>, kiln::ReLU>;
#endif
