// theme: networks
// expect-error: layer 0 int is no layer: a layer is a type such as kiln::ReLU
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Trunk = kiln::Tanh;
#else
using Trunk = int;
#endif
kiln::Model<kiln::Sequential<kiln::Frozen<Trunk>>, kiln::Shape<4>> model{kiln::Seed{1}};
