// theme: shapes
// expect-error: layer 0 RepeatChannels<2> expects an array of at least one axis
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1>;
#else
using Input = kiln::Shape<>;
#endif
kiln::Model<kiln::Sequential<kiln::RepeatChannels<2>>, Input> model{kiln::Seed{1}};
