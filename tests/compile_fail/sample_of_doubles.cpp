// theme: models and predictions
// expect-error: one sample is a tensor of 4, or 4 numbers of type float one after another, but std::
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = std::array<float, 4>;
#else
using X = std::array<double, 4>;
#endif
int classify(kiln::Predictor<kiln::Linear<4, 3>, kiln::Shape<4>>& predictor, const X& x) { return predictor.classify(x); }
