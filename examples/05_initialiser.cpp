// 05: where the first numbers come from.
//
// A LeNet of sigmoids does not learn from every start: from PyTorch's default, with inputs from 0 to 1, it stays at 10 % for
// epochs, for a sigmoid's slope is at most 1/4 and four of them leave little of a gradient. What helps is the other
// tutorials' start: convolutions from a normal distribution scaled to their inputs (Kaiming), Linear scaled to inputs and
// outputs (Xavier), no biases, and inputs around zero.
//
//     05_initialiser [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using LeNet = kiln::Sequential<
    kiln::Conv<1, 6, 5>,  kiln::Sigmoid, kiln::MaxPool<2>, kiln::Sigmoid,
    kiln::Conv<6, 16, 5>, kiln::MaxPool<2>,
    kiln::Conv<16, 120, 4>,
    kiln::Flatten,
    kiln::Linear<120, 64>, kiln::Sigmoid,
    kiln::Linear<64, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const kiln::Normalize around_zero{.mean = 0.5, .std = 0.5};
    const auto train = mnist.train.take(options.samples).transformed(around_zero), test = mnist.test.transformed(around_zero);

    // An initialiser is called with every array of parameters; what it is, its shape tells the compiler.
    const auto start = []<class S, class T>(kiln::View<S, T> parameter, std::string_view name, std::uint64_t stream) {
        if constexpr (S::rank == 4) kiln::Kaiming{}(parameter, name, stream);
        else if constexpr (S::rank == 2) kiln::Xavier{.distribution = kiln::Distribution::uniform}(parameter, name, stream);
        else parameter.fill(0);
    };
    kiln::Model<LeNet, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}, start};
    static_assert(decltype(model)::parameter_count == 41'806);

    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 1e-3, .momentum = 0.9}, {.threads = options.threads}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 10, .validation = &test, .seed = options.seed});

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
