// theme: models and predictions
// expect-error: a model of 4 predicts a data set, a batch (a tensor of 2 axes) or one sample (of 1), but a tensor of 2 axes that are no numbers was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Tensor<double, 2>;
#else
using X = kiln::Tensor<std::string, 2>;
#endif
auto predict(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x) { return model.predict(x); }
