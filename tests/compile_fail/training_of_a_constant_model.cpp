// theme: training
// expect-error: the model is const, but a Trainer changes its parameters: give one that is not
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Model = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#else
using Model = const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#endif
void train(Model& model, const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
