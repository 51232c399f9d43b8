// LeNet-5 from the header that the library has written: its self-test, and the outputs for three pictures.
#include "lenet5.hpp"
#include <cstdio>

namespace {
float x[lenet5::input_size], y[lenet5::output_size], memory[lenet5::workspace];
}

int main() {
    if (!lenet5::self_test(memory)) return 1;
    for (int picture = 0; picture < 3; ++picture) {
        for (int i = 0; i < 784; ++i) x[i] = static_cast<float>(i * (31 + picture) % 256) / 255;
        lenet5::predict(x, y, memory);
        for (const float v : y) std::printf("%.7g ", static_cast<double>(v));
        std::printf("class %u\n", static_cast<unsigned>(lenet5::classify(x, memory)));
    }
}
