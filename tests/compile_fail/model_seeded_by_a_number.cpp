// theme: models and predictions
// expect-error: a model is made with a seed, Model<Net, Input> model{kiln::Seed{1}}
#include "kiln/kiln.hpp"

#ifdef CONTROL
kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
#else
kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{1};
#endif
