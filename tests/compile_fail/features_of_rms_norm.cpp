// theme: shapes
// expect-error: layer 0 RMSNorm<6> expects 6 features, but the input gives 7
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<6>;
#else
using Input = kiln::Shape<7>;
#endif
kiln::Model<kiln::Sequential<kiln::RMSNorm<6>>, Input> model{kiln::Seed{1}};
