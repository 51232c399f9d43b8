// theme: networks
// expect-error: int is no layer: a layer is a type such as kiln::ReLU
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Tanh;
#else
using Net = int;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
