// theme: models and predictions
// expect-error: classes are asked of a network whose output is a row of classes, or one for each step, but it gives 3x3x3 = 27
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 3, 3>, kiln::Flatten>;
#else
using Net = kiln::Conv<1, 3, 3>;
#endif
auto classify(const kiln::Model<Net, kiln::Shape<1, 5, 5>>& model, const kiln::Tensor<float, 4>& x) { return model.classify(x); }
