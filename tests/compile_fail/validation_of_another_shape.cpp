// theme: training
// expect-error: the validation set: the data set has samples of 5, but the model takes 4
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Validation = kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>;
#else
using Validation = kiln::Dataset<kiln::Shape<5>, kiln::Shape<3>>;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data, const Validation& validation) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = &validation});
}
