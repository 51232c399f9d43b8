// theme: losses
// expect-error: the network ends in Sigmoid, but BCEWithLogits takes logits and applies sigmoid itself: remove the last layer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 3>>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 3>, kiln::Sigmoid>;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::BCEWithLogits{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
