// theme: models and predictions
// expect-error: the network has no parameter or buffer named 1.bias
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr kiln::Bias bias = kiln::Bias::learned;
#else
constexpr kiln::Bias bias = kiln::Bias::none;
#endif
using Net = kiln::Sequential<kiln::Linear<4, 3>, kiln::Linear<3, 2, bias>>;
void set(kiln::Model<Net, kiln::Shape<4>>& model) { model.parameter<"1.bias">(); }
