// theme: data sets
// expect-error: the data set has samples of 3x32x32 = 3072, but the model takes 1x28x28 = 784
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Data = kiln::Dataset<kiln::Shape<1, 28, 28>, kiln::Label>;
#else
using Data = kiln::Dataset<kiln::Shape<3, 32, 32>, kiln::Label>;
#endif
void train(const Data& data) {
    kiln::Model<kiln::Sequential<kiln::Flatten, kiln::Linear<784, 10>>, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = &data});
}
