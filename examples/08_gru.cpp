// 08: a recurrent network reads an image as a sequence, row by row.
//
// The 28 rows of 28 pixels are 28 steps of 28 features. A gated recurrent unit carries 64 numbers from step to step; what it has
// after the last row is all that the last layer sees.
//
//     08_gru [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Reader = kiln::Sequential<
    kiln::Reshape<28, 28>,  // 28 steps of 28 features
    kiln::GRU<28, 64, kiln::Recurrent{.output = kiln::last_step}>,
    kiln::Linear<64, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto train = mnist.train.take(options.samples);

    kiln::Model<Reader, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 18'698);

    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}, {.threads = options.threads}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .validation = &mnist.test, .seed = options.seed});

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(mnist.test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
