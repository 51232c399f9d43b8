// theme: networks
// expect-error: is a shape, not a layer: the input's shape is given to the Model
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::Shape<3>>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
