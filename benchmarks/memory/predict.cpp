// What a program carries that loads a trained LeNet-5 and predicts once. Prints the peak of its memory in MB.
#include "kiln/io/safetensors.hpp"
#include "kiln/model/model.hpp"
#include "support/networks.hpp"
#include "support/peak_memory.hpp"

int main(int count, char** arguments) {
    if (count != 2) return 2;
    kiln::Model<networks::LeNet5::Net, networks::Image> model{kiln::Seed{1}};
    kiln::load(model, arguments[1]);
    auto image = kiln::make_sample<float, networks::Image>();
    image.fill(0.5F);
    const auto y = model.predict(image);
    std::printf("%.2f MB, output %g\n", peak_megabytes(), static_cast<double>(y(0)));
    return 0;
}
