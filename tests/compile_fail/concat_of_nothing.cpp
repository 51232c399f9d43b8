// theme: networks
// expect-error: Concat has no branches: give it at least one
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Concat<kiln::Tanh>;
#else
using Net = kiln::Concat<>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
