// theme: shapes
// expect-error: layer 0 BatchNorm<3> expects 3 channels, but the input gives 4x3 = 12
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<3, 4>;
#else
using Input = kiln::Shape<4, 3>;
#endif
kiln::Model<kiln::Sequential<kiln::BatchNorm<3>>, Input> model{kiln::Seed{1}};
