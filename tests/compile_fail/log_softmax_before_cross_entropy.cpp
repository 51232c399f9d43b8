// theme: losses
// expect-error: the network ends in LogSoftmax, but CrossEntropy takes logits and applies softmax itself: remove the last layer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Loss = kiln::NLL;
#else
using Loss = kiln::CrossEntropy;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
    kiln::Model<kiln::Sequential<kiln::Linear<4, 3>, kiln::LogSoftmax>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, Loss{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
