// theme: training
// expect-error: ParameterGroups: first an optimiser, then groups of the same optimiser
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define OPTIONS kiln::SGD{.learning_rate = 0.1}
#else
#define OPTIONS kiln::Adam{}
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::ParameterGroups{kiln::SGD{}, kiln::group<"bias">(OPTIONS)}};
    trainer.fit(data, {.epochs = 2});
}
