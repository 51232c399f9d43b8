// theme: training
// expect-error: a callback returns kiln::Continue or nothing
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Answer = kiln::Continue;
#else
using Answer = bool;
#endif
void train(const kiln::Dataset<kiln::Shape<4>, kiln::Shape<3>>& data) {
    kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::MSE{}, kiln::SGD{}};
    trainer.fit(data, {.on_epoch = [](const kiln::EpochReport&) { return Answer{}; }});
}
