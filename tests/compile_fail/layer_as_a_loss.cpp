// theme: training
// expect-error: Softmax is no loss: kiln::CrossEntropy{} or kiln::MSE{} is one
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Loss = kiln::MSE;
#else
using Loss = kiln::Softmax;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, Loss{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
