// theme: training
// expect-error: the validation set is given by its address: .validation = &data
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define VALIDATION &data
#else
#define VALIDATION data
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = VALIDATION});
}
