// theme: models and predictions
// expect-error: what is filled is a kiln::Tensor of float, but std::vector<
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Y = kiln::Tensor<float, 2>;
#else
using Y = std::vector<float>;
#endif
void predict(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Tensor<float, 2>& x, Y& y) { model.predict(x, y); }
