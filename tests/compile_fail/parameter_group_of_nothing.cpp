// theme: training
// expect-error: the parameter group 1.wieght is empty: no name of a parameter is that, begins with it or ends in it, or groups before it have them all
#include "kiln/kiln.hpp"

#ifdef CONTROL
#define NAME "1.weight"
#else
#define NAME "1.wieght"
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Label>& data) {
    kiln::Model<kiln::Sequential<kiln::Tanh, kiln::Linear<4, 3>>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::ParameterGroups{kiln::SGD{}, kiln::group<NAME>(kiln::SGD{.learning_rate = 0.1})}};
    trainer.fit(data, {.epochs = 2});
    trainer.evaluate(data);
}
