// theme: models and predictions
// expect-error: the tensor to fill is const
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Y = kiln::Tensor<float, 2>;
#else
using Y = const kiln::Tensor<float, 2>;
#endif
void predict(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Tensor<float, 2>& x, Y& y) { model.predict(x, y); }
