// theme: models and predictions
// A predictor of a model that does not fit adds no second error.
// expect-error: layer 1 Linear<9,3> expects 9 features, but layer 0 Linear<4,8> gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Head = kiln::Linear<8, 3>;
#else
using Head = kiln::Linear<9, 3>;
#endif
using Model = kiln::Model<kiln::Sequential<kiln::Linear<4, 8>, Head>, kiln::Shape<4>>;
int classify(const Model& model, const float* x) {
    kiln::Predictor predictor{model};
    return predictor.classify(x);
}
