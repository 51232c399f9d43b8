// theme: shapes
// expect-error: the input is a kiln::Shape or kiln::Tokens, such as Shape<1,28,28>, but int was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4>;
#else
using Input = int;
#endif
kiln::Model<kiln::Sequential<kiln::Linear<4, 3>>, Input> model{kiln::Seed{1}};
