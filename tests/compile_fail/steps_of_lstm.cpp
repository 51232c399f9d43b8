// theme: shapes
// expect-error: layer 0 LSTM<6,3> expects steps of 6 features (Reshape<1,6> makes them), but the input gives 6
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 6>;
#else
using Input = kiln::Shape<6>;
#endif
kiln::Model<kiln::Sequential<kiln::LSTM<6, 3>>, Input> model{kiln::Seed{1}};
