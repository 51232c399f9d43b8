// theme: models and predictions
// What is done with a model that does not fit adds no second error.
// expect-error: layer 1 Linear<9,3> expects 9 features, but layer 0 Embedding<65,8> gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Head = kiln::Linear<8, 3>;
#else
using Head = kiln::Linear<9, 3>;
#endif
using Model = kiln::Model<kiln::Sequential<kiln::Embedding<65, 8>, Head>, kiln::Tokens<16, 65>>;
auto predict(const Model& model, const kiln::Dataset<kiln::Tokens<16, 65>, kiln::Tokens<16, 3>>& data) { return model.predict(data); }
