// theme: training
// expect-error: a step takes a tensor of samples and their targets, or a batch of a Loader over such a data set
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define MINIBATCH x, y
#else
#define MINIBATCH x
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Tensor<float, 2>& x, const std::vector<int>& y) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.step(MINIBATCH);
    static_cast<void>(y);
}
