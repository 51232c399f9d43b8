// theme: training
// expect-error: a step takes a tensor of samples and their targets, or a batch of a Loader over such a data set
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4>;
#else
using Input = kiln::Shape<5>;
#endif
void train(kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& model, const kiln::Dataset<Input, kiln::Label>& data) {
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    kiln::Loader loader{data, {.batch_size = 4}};
    for (const auto batch : loader.epoch(0)) trainer.step(batch);
}
