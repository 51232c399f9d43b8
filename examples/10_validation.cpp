// 10: choices are made on samples that the network is not trained on, and that are not the test set.
//
// A tenth of the training set is kept for validation. The inputs are standardised with the mean and deviation of what is
// left, and the learning rate falls by a tenth every 500 steps. fit keeps the score of every epoch: the best is chosen on the
// validation set, and the test set is looked at once, at the end.
//
//     10_validation [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Cnn = kiln::Sequential<
    kiln::Conv<1, 8, 5>, kiln::ReLU, kiln::MaxPool<2>,
    kiln::Flatten,
    kiln::Linear<1152, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto [rest, kept] = mnist.train.take(options.samples).split(0.1, options.seed);
    const auto standard = kiln::standardize(rest);
    const auto train = rest.transformed(standard), validation = kept.transformed(standard), test = mnist.test.transformed(standard);

    kiln::Model<Cnn, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 11'738);

    const kiln::StepDecay falling{.every = 500, .factor = 0.9, .unit = kiln::StepDecay::steps};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 0.01}, {.threads = options.threads, .schedule = falling}};
    const auto history = trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .validation = &validation, .seed = options.seed});

    const auto& best = history.epochs[history.best_epoch - 1];
    std::printf("the best epoch was %zu, with a validation accuracy of %.2f %%; the last learning rate %.5f\n", history.best_epoch,
                100 * best.validation.accuracy, history.last().learning_rate);
    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 10}, run); }
