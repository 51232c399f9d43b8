// theme: networks
// expect-error: layer 0.1 int is no layer: a layer is a type such as kiln::ReLU
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Second = kiln::Tanh;
#else
using Second = int;
#endif
kiln::Model<kiln::Sequential<kiln::Sum<kiln::ReLU, Second>>, kiln::Shape<4>> model{kiln::Seed{1}};
