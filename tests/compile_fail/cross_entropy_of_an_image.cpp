// theme: losses
// expect-error: CrossEntropy expects a row of 2 or more classes, or one for each step, but the network gives 6x24x24 = 3456
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::Flatten>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>>;
#endif
void train(const kiln::Dataset<kiln::Shape<1, 28, 28>, kiln::Label>& data) {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
