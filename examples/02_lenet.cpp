// 02: a convolutional network, saved in a file that PyTorch reads.
//
// LeNet-5 (LeCun et al. 1998, here with ReLU) reaches over 98.5 % on MNIST's test set in five passes. Its 44426 parameters
// are saved as safetensors under PyTorch's names, "0.weight" and so on, so that load_state_dict takes them in Python.
//
//     02_lenet [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <chrono>
#include <cstdio>
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"
#include "support/lenet5.hpp"
#include "support/options.hpp"

// The network's type is in support/lenet5.hpp, since predict_image.cpp reads what this program saves.
int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);

    // Pixels are bytes and come as numbers from 0 to 1; a network whose weights start around zero learns a little faster from
    // inputs around zero, here from -1 to 1. It is done as samples are loaded: nothing is copied.
    const kiln::Normalize around_zero{.mean = 0.5, .std = 0.5};
    const auto train = mnist.train.take(options.samples).transformed(around_zero), test = mnist.test.transformed(around_zero);

    kiln::Model<LeNet5, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 44'426);

    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 2e-3},
                          {.threads = options.threads, .schedule = kiln::Cosine{}}};
    const kiln::History history = trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .validation = &test, .seed = options.seed});

    double seconds = 0;
    for (const auto& epoch : history.epochs) seconds += static_cast<double>(train.size()) / epoch.samples_per_second;
    std::printf("trained %zu samples in %.1f s: %.0f samples per second\n", train.size() * options.epochs, seconds,
                static_cast<double>(train.size() * options.epochs) / seconds);

    kiln::save(model, "lenet5.safetensors");
    std::printf("saved the model in lenet5.safetensors\n");

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
