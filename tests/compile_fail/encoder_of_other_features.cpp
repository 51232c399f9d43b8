// theme: shapes
// expect-error: layer 0.layers.0 TransformerEncoderLayer<8,2,16> expects Tx8 tokens, but the input gives 4x6 = 24
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4, 8>;
#else
using Input = kiln::Shape<4, 6>;
#endif
kiln::Model<kiln::Sequential<kiln::TransformerEncoder<8, 2, 16, 1>>, Input> model{kiln::Seed{1}};
