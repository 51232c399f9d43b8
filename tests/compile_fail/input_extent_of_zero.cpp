// theme: shapes
// expect-error: the input's shape 3x0x4 has an axis of extent 0
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<3, 2, 4>;
#else
using Input = kiln::Shape<3, 0, 4>;
#endif
kiln::Model<kiln::Sequential<kiln::ReLU>, Input> model{kiln::Seed{1}};
