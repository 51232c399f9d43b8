// 04: a training loop of your own.
//
// fit is a convenience. Underneath are a Loader, which gives the minibatches of an epoch in an order that depends on its seed
// alone, and step, which trains on one of them and says how good the network was on it. Here a perceptron with 512 hidden units
// learns by Adam, and the loop halves the learning rate whenever an epoch has not made the training loss smaller.
//
//     04_own_loop [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include <limits>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Mlp = kiln::Sequential<
    kiln::Flatten,
    kiln::Linear<784, 512>, kiln::ReLU,
    kiln::Linear<512, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto train = mnist.train.take(options.samples);

    kiln::Model<Mlp, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 407'050);

    // A schedule is any function of the optimiser's rate and of where training stands; this one the loop sets.
    double factor = 1;
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3},
                          {.threads = options.threads, .schedule = [&](double rate, kiln::Progress) { return rate * factor; }}};

    kiln::Loader loader{train, {.batch_size = 64, .seed = options.seed}};
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
        double loss = 0;
        for (const auto batch : loader.epoch(epoch))
            loss += trainer.step(batch).loss * static_cast<double>(batch.size()) / static_cast<double>(train.size());
        std::printf("epoch %zu: loss %.4f, validation accuracy %.2f %%\n", epoch + 1, loss, 100 * trainer.evaluate(mnist.test).accuracy);
        if (loss >= best) factor /= 2;
        best = std::min(best, loss);
    }

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(mnist.test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
