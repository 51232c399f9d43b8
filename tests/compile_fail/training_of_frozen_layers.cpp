// theme: training
// expect-error: the network has no parameters to train: it has no layer with any that is not Frozen
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Linear<4, 3>;
#else
using Net = kiln::Frozen<kiln::Linear<4, 3>>;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
