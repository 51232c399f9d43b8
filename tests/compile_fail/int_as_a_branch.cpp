// theme: networks
// expect-error: is no layer: a layer is a type such as kiln::ReLU
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Branch = kiln::Tanh;
#else
using Branch = int;
#endif
kiln::Model<kiln::Sequential<kiln::Residual<Branch>>, kiln::Shape<4>> model{kiln::Seed{1}};
