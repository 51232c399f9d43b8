// theme: losses
// expect-error: the network ends in Softmax, but CrossEntropy takes logits and applies softmax itself: remove the last layer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 3>>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 3>, kiln::Softmax>;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = &data});
    trainer.evaluate(data);
}
