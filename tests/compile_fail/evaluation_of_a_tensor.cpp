// theme: training
// expect-error: a data set is wanted, Dataset<Shape<4>, ...>{samples, targets}, but a tensor of 2 axes was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
using X = kiln::Dataset<kiln::Shape<4>, kiln::Label>;
#else
using X = kiln::Tensor<float, 2>;
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const X& x) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.evaluate(x);
}
