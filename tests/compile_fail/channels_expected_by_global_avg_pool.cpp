// theme: shapes
// expect-error: layer 0 GlobalAvgPool expects channels of more than one number, such as a CxHxW image, but the input gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 4, 4>;
#else
using Input = kiln::Shape<8>;
#endif
kiln::Model<kiln::Sequential<kiln::GlobalAvgPool>, Input> model{kiln::Seed{1}};
