// theme: models and predictions
// expect-error: a model's numbers are float or double, but int was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Number = double;
#else
using Number = int;
#endif
kiln::Model<kiln::Sequential<kiln::Linear<4, 3>>, kiln::Shape<4>, Number> model{kiln::Seed{1}};
