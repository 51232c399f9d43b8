// predict_image: reads a picture of a handwritten digit and says which it is, with a network that 02_lenet has trained.
//
//     predict_image FILE [MODEL]            FILE is a PNG, PGM or BMP; MODEL is lenet5.safetensors unless said otherwise
//
// A person's picture is not what the network was trained on: it may be dark on light, of any size, anywhere on the page.
// as_mnist_digit turns it into what MNIST's authors made of theirs: light on dark, 20 pixels high or wide, its centre of mass
// in the middle of 28x28.
#include <cstdio>
#include "kiln/io/image.hpp"
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"
#include "support/lenet5.hpp"

int main(int count, char** arguments) {
    if (count < 2 || count > 3) return std::fprintf(stderr, "usage: predict_image FILE [MODEL]\n"), 2;
    try {
        kiln::Model<LeNet5, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
        kiln::load(model, count == 3 ? arguments[2] : "lenet5.safetensors");

        const auto digit = kiln::as_mnist_digit(kiln::read_image(arguments[1]));  // 1x28x28, 0 to 1
        for (std::size_t y = 0; y < 28; y += 2) {
            for (std::size_t x = 0; x < 28; ++x) {
                const float ink = (digit(0, y, x) + digit(0, y + 1, x)) / 2;
                std::fputc(" .:-=+*#%@"[static_cast<std::size_t>(ink * 9.99F)], stdout);
            }
            std::fputc('\n', stdout);
        }

        const kiln::Tensor<float, 3> around_zero = 2 * digit - 1;  // the range that 02_lenet has trained with
        const auto probabilities = model.probabilities(around_zero);
        for (std::size_t k = 0; k < 10; ++k) std::printf("%zu  %6.2f %%\n", k, 100 * static_cast<double>(probabilities(k)));
        std::printf("it is a %d\n", model.classify(around_zero));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", arguments[0], error.what());
        return 1;
    }
}
