// theme: training
// expect-error: a step's samples are a tensor of n x 4, but a tensor of 1 axes was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Tensor<float, 2>;
using Y = std::vector<int>;
#else
using X = kiln::Tensor<float, 1>;
using Y = std::vector<int>;
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x, const Y& y) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.step(x, y);
}
