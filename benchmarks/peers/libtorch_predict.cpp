// memory/predict.cpp in libtorch: loads a traced LeNet-5 and predicts once. Prints the peak of its memory in MB.
#include <torch/script.h>
#include "support/peak_memory.hpp"

int main(int count, char** arguments) {
    if (count != 2) return 2;
    const c10::InferenceMode guard;
    auto model = torch::jit::load(arguments[1]);
    const auto y = model.forward({torch::full({1, 1, 28, 28}, 0.5)}).toTensor();
    std::printf("%.2f MB, output %g\n", peak_megabytes(), y[0][0].item<double>());
    return 0;
}
