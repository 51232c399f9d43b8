// theme: training
// expect-error: a Trainer is made of a model, a loss and an optimiser: Trainer{model, kiln::CrossEntropy{}, kiln::Adam{}}
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define GIVEN kiln::MSE{}, kiln::SGD{}
#else
#define GIVEN kiln::MSE{}
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, GIVEN};
    trainer.fit(data, {.epochs = 2});
}
