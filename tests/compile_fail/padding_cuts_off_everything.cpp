// theme: shapes
// expect-error: layer 0 ConvTranspose<1,8,3,1,2> expects an image of at least 3x3, but the input gives 1x2x7 = 14
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 3, 7>;
#else
using Input = kiln::Shape<1, 2, 7>;
#endif
kiln::Model<kiln::Sequential<kiln::ConvTranspose<1, 8, 3, 1, 2>>, Input> model{kiln::Seed{1}};
