// theme: models and predictions
// A Predictor keeps what prediction needs, and no more.
// expect-error: a Predictor has no gradients: train the Model it was made of, then make a Predictor again
#include "kiln/kiln.hpp"

using Net = kiln::Sequential<kiln::Linear<4, 3>>;
using Model = kiln::Model<Net, kiln::Shape<4>>;
void train(Model& model, const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
#ifdef CONTROL
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 0.1}};
#else
    kiln::Predictor predictor{model};
    kiln::Trainer trainer{predictor, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 0.1}};
#endif
    const kiln::History history = trainer.fit(data, {.epochs = 2});
}
