// theme: models and predictions
// expect-error: the network has no parameter or buffer named 0.weigth
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define NAME "0.weight"
#else
#define NAME "0.weigth"
#endif
void set(kiln::Model<kiln::Sequential<kiln::Linear<4, 3>>, kiln::Shape<4>>& model) { model.parameter<NAME>(); }
