// theme: training
// expect-error: CrossEntropy takes labels, which are whole numbers such as int, but float was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Tensor<float, 2>;
using Y = kiln::Tensor<int, 1>;
#else
using X = kiln::Tensor<float, 2>;
using Y = kiln::Tensor<float, 2>;
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x, const Y& y) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.step(x, y);
}
