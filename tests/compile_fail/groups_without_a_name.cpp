// theme: training
// expect-error: ParameterGroups: first an optimiser, then groups of the same optimiser
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define GROUP kiln::group<"bias">(kiln::SGD{})
#else
#define GROUP kiln::SGD{}
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::ParameterGroups{kiln::SGD{}, GROUP}};
    trainer.fit(data, {.epochs = 2});
}
