// theme: training
// expect-error: the model is a temporary, but must outlive the Trainer: give it a name
#include "kiln/kiln.hpp"

using Model = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#ifdef CONTROL
#define MODEL model
#else
#define MODEL Model{kiln::Seed{1}}
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    Model model{kiln::Seed{1}};
    kiln::Trainer trainer{MODEL, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2});
}
