// theme: training
// expect-error: a Trainer trains a kiln::Model, but Linear<4, 3> was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Model = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#else
using Model = kiln::Linear<4, 3>;
#endif
void train(Model& model, const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
