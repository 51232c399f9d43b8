// theme: models and predictions
// expect-error: a Predictor has packed numbers without names: set those of the Model it was made of, then make a Predictor again
#include "kiln/kiln.hpp"

using Net = kiln::Sequential<kiln::Linear<4, 3>>;
using Model = kiln::Model<Net, kiln::Shape<4>>;
void set(Model& model) {
#ifdef CONTROL
    auto& numbers = model;
#else
    kiln::Predictor numbers{model};
#endif
    numbers.parameter<"0.weight">();
}
