#include "kiln/kiln.hpp"

using Net = kiln::Sequential<
    kiln::Flatten,
    kiln::Linear<784, 128>, kiln::ReLU,
    kiln::Linear<128, 64>,  kiln::ReLU,
    kiln::Linear<64, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 0.1}};
    const auto x = kiln::make_batch<float, kiln::Shape<1, 28, 28>>(100);
    return trainer.step(x, std::vector<int>(100)).loss > 0 ? 0 : 1;
}
