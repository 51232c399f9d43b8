// 07: branches that meet again.
//
// A residual block adds what its branch makes of the input to the input itself. Both must have one shape: an image of one
// channel does not silently broadcast to eight, the shortcut says how it becomes eight. Two ways, 8555 and 8571 parameters: the
// input copied to 8 channels, or a 1x1 convolution that learns what to copy.
//
// BatchNorm sees the whole minibatch, exactly, however it is cut into tiles and shared among threads; in training it uses the
// minibatch's mean and variance, in predict and evaluate the running ones. There is no switch to forget.
//
//     07_resnet_block [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Branch = kiln::Sequential<
    kiln::Conv<1, 8, 3, 1, 1>, kiln::BatchNorm<8>, kiln::ReLU,
    kiln::Conv<8, 8, 3, 1, 1>, kiln::BatchNorm<8>>;

template <class Shortcut>
using ResNet = kiln::Sequential<
    kiln::Residual<Branch, Shortcut>,
    kiln::Conv<8, 1, 1>,
    kiln::Flatten,
    kiln::Linear<784, 10>>;

using Copied  = ResNet<kiln::RepeatChannels<8>>;
using Learned = ResNet<kiln::Conv<1, 8, 1>>;
using Image   = kiln::Shape<1, 28, 28>;
static_assert(kiln::Model<Copied, Image>::parameter_count == 8'555);
static_assert(kiln::Model<Learned, Image>::parameter_count == 8'571);

template <class Net> double train(const char* shortcut, const kiln::MnistData& mnist, const Options& options) {
    std::printf("the shortcut is %s\n", shortcut);
    kiln::Model<Net, Image> model{kiln::Seed{options.seed}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}, {.threads = options.threads}};
    trainer.fit(mnist.train.take(options.samples), {.epochs = options.epochs, .batch_size = 64, .validation = &mnist.test, .seed = options.seed});
    return 100 * trainer.evaluate(mnist.test).accuracy;
}

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const double learned = train<Learned>("a 1x1 convolution", mnist, options);
    const double copied = train<Copied>("the input, copied to 8 channels", mnist, options);
    std::printf("test accuracy, 1x1 convolution: %.2f %%\n", learned);
    std::printf("test accuracy: %.2f %%\n", copied);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
