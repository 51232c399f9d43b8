// theme: training
// expect-error: double is no optimiser: kiln::Adam{} or kiln::SGD{} is one
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr kiln::SGD optimiser{.learning_rate = 0.1};
#else
constexpr double optimiser = 0.1;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, optimiser};
    trainer.fit(data, {.epochs = 2});
}
