// 12: a kernel made by hand.
//
// A convolution's weights are an xtensor view of the model's own memory, so they can be set. This 5x5 kernel of 0, 1 and -1 looks for
// one pattern, a stroke that bends to the left at the bottom. No training: it is convolved over the first digits, and what it finds
// is printed, dark where the kernel fits best.
//
//     12_handmade_kernel [--data DIR]
#include <algorithm>
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using Finder = kiln::Sequential<kiln::Conv<1, 1, 5>, kiln::ReLU>;

void print(const auto& image) {  // rows of pixels, two to a line
    const double largest = std::max(1e-6, static_cast<double>(*std::max_element(image.begin(), image.end())));
    for (std::size_t y = 0; y + 1 < image.shape(2); y += 2) {
        for (std::size_t x = 0; x < image.shape(3); ++x) {
            const double ink = (static_cast<double>(image(0, 0, y, x)) + static_cast<double>(image(0, 0, y + 1, x))) / 2 / largest;
            std::fputc(" .:-=+*#%@"[static_cast<std::size_t>(ink * 9.99)], stdout);
        }
        std::fputc('\n', stdout);
    }
}

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);

    kiln::Model<Finder, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    model.parameter<"0.weight">() = kiln::Tensor<float, 4>{{{{0, 1, 1, -1, -1},
                                                            {1, 0, -1, -1, -1},
                                                            {-1, 0, -1, -1, 0},
                                                            {0, -1, -1, 1, 1},
                                                            {-1, 0, 1, 1, 1}}}};
    model.parameter<"0.bias">().fill(0);

    for (std::size_t i = 0; i < 3; ++i) {
        const kiln::Tensor<float, 4> digit = mnist.test.samples().values(std::array{i});  // a batch of one
        const kiln::Tensor<float, 4> found = model.predict(digit);  // 1x1x24x24
        std::printf("a %d\n", mnist.test.labels()[i]);
        print(digit);
        const auto best = static_cast<std::size_t>(std::max_element(found.begin(), found.end()) - found.begin());
        std::printf("fits best with %.2f, its corner at row %zu, column %zu:\n", static_cast<double>(*std::max_element(found.begin(), found.end())), best / 24, best % 24);
        print(found);
    }
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {}, run); }
