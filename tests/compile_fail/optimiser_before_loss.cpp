// theme: training
// expect-error: SGD is no loss: kiln::CrossEntropy{} or kiln::MSE{} is one
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define GIVEN kiln::MSE{}, kiln::SGD{}
#else
#define GIVEN kiln::SGD{}, kiln::MSE{}
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, GIVEN};
    trainer.fit(data, {.epochs = 2});
}
