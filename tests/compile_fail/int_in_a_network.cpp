// theme: networks
// expect-error: layer 1 int is no layer: a layer is a type such as kiln::ReLU
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 4>, int>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
