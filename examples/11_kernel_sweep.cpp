// 11: a sweep over sizes, made by the compiler.
//
// How many kernels, and how large? Every network of the table is a type of its own, made from a list of numbers; a size that does
// not fit the image would not compile. What each costs is known before it runs: its parameters and multiply-adds are constants.
//
//     11_kernel_sweep [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Image = kiln::Shape<1, 28, 28>;

// One convolution of so many kernels of so many pixels; padding keeps the image's size, so that kernels alone differ.
template <std::size_t Count, std::size_t Size>
using Cnn = kiln::Sequential<
    kiln::Conv<1, Count, Size, 1, Size / 2>, kiln::ReLU, kiln::MaxPool<2>,
    kiln::Flatten,
    kiln::Linear<Count * 14 * 14, 10>>;

struct Sweep {
    kiln::MnistData mnist;
    kiln::Dataset<Image, kiln::Label> train;
    const Options& options;
    double worst = 100;

    template <std::size_t Count, std::size_t Size> void row() {
        using Model = kiln::Model<Cnn<Count, Size>, Image>;
        Model model{kiln::Seed{options.seed}};
        kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}, {.threads = options.threads}};
        const auto history = trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .seed = options.seed, .progress = kiln::Show::nothing});
        const double accuracy = 100 * trainer.evaluate(mnist.test).accuracy;
        worst = std::min(worst, accuracy);
        std::printf("%7zu  %2zux%-2zu  %10zu  %10.2f  %10.4f  %9.2f\n", Count, Size, Size, Model::parameter_count,
                    static_cast<double>(Model::flops) / 1e6, history.last().training.loss, accuracy);
    }
    template <std::size_t... Counts> void counts(std::index_sequence<Counts...>) { (row<Counts, 5>(), ...); }
    template <std::size_t... Sizes> void sizes(std::index_sequence<Sizes...>) { (row<8, Sizes>(), ...); }
};

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    Sweep sweep{mnist, mnist.train.take(options.samples), options};
    std::printf("kernels  size   parameters  MFLOP each  train loss  accuracy\n");
    sweep.counts(std::index_sequence<2, 4, 8, 16, 32, 64>{});
    std::printf("\n");
    sweep.sizes(std::index_sequence<3, 5, 7, 9, 11>{});
    std::printf("the least of them reaches a\ntest accuracy: %.2f %%\n", sweep.worst);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 1}, run); }
