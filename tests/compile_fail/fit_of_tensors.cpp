// theme: training
// expect-error: a data set is wanted, Dataset<Shape<4>, ...>{samples, targets}, but a tensor of 2 axes was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define DATA kiln::Dataset<kiln::Shape<4>, kiln::Label>{x, y}
#else
#define DATA x, y
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Tensor<float, 2>& x, const std::vector<int>& y) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(DATA);
}
