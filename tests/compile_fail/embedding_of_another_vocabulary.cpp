// theme: shapes
// expect-error: layer 0 Embedding<65,32> expects tokens of a vocabulary of 65, but the input gives 64 tokens of 70
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/trainer.hpp"

#ifdef CONTROL
using Input = kiln::Tokens<64, 65>;
#else
using Input = kiln::Tokens<64, 70>;
#endif
void train(const kiln::Dataset<Input, Input>& data) {
    kiln::Model<kiln::Sequential<kiln::Embedding<65, 32>, kiln::Linear<32, Input::vocabulary>>, Input> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{}};
    trainer.fit(data, {.epochs = 2, .validation = &data});
}
