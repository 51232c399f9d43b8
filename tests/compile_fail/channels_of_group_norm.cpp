// theme: shapes
// expect-error: layer 0 GroupNorm<2,4> expects 4 channels, but the input gives 6x3x3 = 54
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4, 3, 3>;
#else
using Input = kiln::Shape<6, 3, 3>;
#endif
kiln::Model<kiln::Sequential<kiln::GroupNorm<2, 4>>, Input> model{kiln::Seed{1}};
