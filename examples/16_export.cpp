// 16: a trained network as one header, for any program, without this library.
//
// LeNet-5 is trained for a short time and written as digits.hpp: C++17, nothing but the standard library, no allocation; it runs on a
// microcontroller as well as here. A program that uses it:
//
//     #include "digits.hpp"
//     float x[digits::input_size];                      // 28 x 28 pixels from -1 to 1, row by row
//     const std::size_t digit = digits::classify(x);    // or digits::predict(x, y) for the ten outputs
//
// On a microcontroller, give it its memory, where the stack is small: float memory[digits::workspace]; digits::classify(x, memory).
//
//     16_export [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/io/export_header.hpp"
#include "kiln/kiln.hpp"
#include "support/lenet5.hpp"
#include "support/options.hpp"

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const kiln::Normalize around_zero{.mean = 0.5, .std = 0.5};
    const auto train = mnist.train.take(options.samples).transformed(around_zero), test = mnist.test.transformed(around_zero);

    kiln::Model<LeNet5, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 2e-3}, {.threads = options.threads, .schedule = kiln::Cosine{}}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .validation = &test, .seed = options.seed});

    // A picture of the test set goes with it, and what the network says of it: digits::self_test() compares.
    std::vector<float> picture(28 * 28);
    test.load_inputs(std::array<kiln::SampleIndex, 1>{0}, picture.data());
    kiln::export_header(model, "digits.hpp", {.sample = picture});
    std::printf("digits.hpp has the network, its %zu numbers and a picture of a %d\n", decltype(model)::parameter_count, model.classify(test)(0));

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 1}, run); }
