// 01: a network is a type, a model is a value, a trainer fits it to data.
//
// A multilayer perceptron reads handwritten digits: two hidden layers, plain gradient descent, ten passes over MNIST.
// It reaches over 97 % on the test set.
//
//     01_mlp [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

// Sizes are written once, as template arguments. If two of them did not fit together, this would not compile, and the
// compiler would say which layer expects what.
using Mlp = kiln::Sequential<
    kiln::Flatten,
    kiln::Linear<784, 128>, kiln::ReLU,
    kiln::Linear<128, 64>,  kiln::ReLU,
    kiln::Linear<64, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto train = mnist.train.take(options.samples);

    // A model is a network with an input shape and numbers: PyTorch's default initialisation, from a seed.
    kiln::Model<Mlp, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 109'386);

    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 0.1}, {.threads = options.threads}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 100, .validation = &mnist.test, .seed = options.seed});

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(mnist.test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 10}, run); }
