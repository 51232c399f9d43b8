// theme: shapes
// expect-error: layer 0 TransformerEncoder<8,2,16,1> expects
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4, 8>;
#else
using Input = kiln::Shape<4, 6>;
#endif
kiln::Model<kiln::Sequential<kiln::TransformerEncoder<8, 2, 16, 1>>, Input> model{kiln::Seed{1}};
