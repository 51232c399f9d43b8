// theme: training
// expect-error: MSE takes targets as a tensor of n x 3, but std::vector<
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Tensor<float, 2>;
using Y = kiln::Tensor<float, 2>;
#else
using X = kiln::Tensor<float, 2>;
using Y = std::vector<float>;
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x, const Y& y) {
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.step(x, y);
}
