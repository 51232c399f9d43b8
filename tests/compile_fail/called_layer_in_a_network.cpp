// theme: networks
// expect-error: is a function: name the layer without parentheses
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::ReLU()>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
