// 17: training inside 256 KiB, which the compiler counts.
//
// A Learner is a network with its numbers, its training and its predictions in one piece of memory; it asks for no other, throws nothing
// and starts no thread, so that it fits a device without malloc, or an audio thread that may not wait. How much memory that is, is a
// constant: where the network grows out of its budget, this program does not compile, and the error says by how much.
//
//     17_fixed_memory [--data DIR] [--epochs N] [--samples N] [--seed N]
#include <array>
#include <cstdio>
#include <vector>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using namespace kiln::literals;

using Digits = kiln::Sequential<kiln::Flatten, kiln::Linear<784, 20>, kiln::ReLU, kiln::Linear<20, 10>>;
using Image = kiln::Shape<1, 28, 28>;
constexpr std::size_t batch_size = 16, memory = 256_KiB;

using OnDevice = kiln::Learner<Digits, Image, kiln::CrossEntropy, kiln::SGD, kiln::Static<memory>>;
static_assert(kiln::within_budget<OnDevice::bytes(batch_size), memory>);  // Linear<784, 64> would be an error

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto train = mnist.train.take(options.samples);

    // On a device the numbers come from a sensor; here from a data set.
    static OnDevice learner{kiln::Seed{options.seed}, {}, {.learning_rate = 0.1}};
    std::printf("%zu of %zu bytes for minibatches of %zu; the largest would be %zu\n", OnDevice::bytes(batch_size), memory, batch_size, learner.capacity());
    kiln::Loader loader{train, {.batch_size = batch_size, .seed = options.seed}};
    std::array<float, batch_size * Image::size> pixels;
    for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
        double loss = 0;
        for (const auto batch : loader.epoch(epoch)) {
            train.samples().copy(batch.indices(), pixels.data());
            const auto labels = batch.targets();
            const auto [status, score] = learner.step(std::span{pixels}.first(batch.size() * Image::size), labels);
            if (status != kiln::Status::ok) {
                std::printf("the step failed: the loss is not finite\n");
                return 1;
            }
            loss += score.loss * static_cast<double>(batch.size()) / static_cast<double>(train.size());
        }
        std::printf("epoch %zu: loss %.4f\n", epoch + 1, loss);
    }

    std::size_t correct = 0;
    for (std::size_t i = 0; i < mnist.test.size(); ++i) {
        const auto image = mnist.test.samples().get(i);
        int digit = 0;
        learner.classify(std::span{image.data(), Image::size}, std::span{&digit, 1});
        correct += digit == mnist.test.targets()[i];
    }
    std::printf("test accuracy: %.2f %%\n", 100 * static_cast<double>(correct) / static_cast<double>(mnist.test.size()));
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 3}, run); }
