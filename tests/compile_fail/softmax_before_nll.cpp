// theme: losses
// expect-error: the network ends in Softmax, but NLL takes the logarithms of probabilities: end it in LogSoftmax instead
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Last = kiln::LogSoftmax;
#else
using Last = kiln::Softmax;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
    kiln::Model<kiln::Sequential<kiln::Linear<4, 3>, kiln::Sequential<kiln::Tanh, kiln::Named<"last", Last>>>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::NLL{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
