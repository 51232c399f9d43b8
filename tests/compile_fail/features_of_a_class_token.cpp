// theme: shapes
// expect-error: layer 0 ClassToken<4> expects Tx4 tokens, but the input gives 6x3 = 18
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<6, 4>;
#else
using Input = kiln::Shape<6, 3>;
#endif
kiln::Model<kiln::Sequential<kiln::ClassToken<4>>, Input> model{kiln::Seed{1}};
