// theme: models and predictions
// expect-error: the data set has samples of 5, but the model takes 4
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Dataset<kiln::Shape<4>, kiln::Label>;
#else
using X = kiln::Dataset<kiln::Shape<5>, kiln::Label>;
#endif
auto predict(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x) { return model.predict(x); }
