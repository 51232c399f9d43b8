// theme: losses
// expect-error: CrossEntropy expects a row of 2 or more classes, or one for each step, but the network gives 1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Linear<4, 2>;
#else
using Net = kiln::Linear<4, 1>;
#endif
void train(kiln::Model<Net, kiln::Shape<4>>& model, const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(data);
}
