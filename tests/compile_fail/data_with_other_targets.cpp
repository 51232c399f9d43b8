// theme: data sets
// expect-error: the data set has labels as targets, but the loss takes 10 numbers
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Data = kiln::Dataset<kiln::Shape<4>, kiln::Shape<10>>;
#else
using Data = kiln::Dataset<kiln::Shape<4>, kiln::Label>;
#endif
void train(const Data& data) {
    kiln::Model<kiln::Sequential<kiln::Linear<4, 10>>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = &data});
}
