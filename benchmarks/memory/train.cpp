// Trains LeNet-5 for an epoch and saves it for predict.cpp.
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"
#include "support/networks.hpp"
#include "support/patterns.hpp"

int main(int count, char** arguments) {
    if (count != 2) return 2;
    kiln::Model<networks::LeNet5::Net, networks::Image> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, networks::LeNet5::optimizer};
    trainer.fit(patterns<networks::Image>(6400), {.progress = kiln::Show::nothing});
    kiln::save(model, arguments[1]);
    return 0;
}
