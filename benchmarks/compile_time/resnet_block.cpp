#include "kiln/kiln.hpp"

using Branch = kiln::Sequential<
    kiln::Conv<1, 8, 3, 1, 1>, kiln::BatchNorm<8>, kiln::ReLU,
    kiln::Conv<8, 8, 3, 1, 1>, kiln::BatchNorm<8>>;
using Net = kiln::Sequential<kiln::Residual<Branch, kiln::RepeatChannels<8>>, kiln::Conv<8, 1, 1>, kiln::Flatten, kiln::Linear<784, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}};
    const auto x = kiln::make_batch<float, kiln::Shape<1, 28, 28>>(64);
    return trainer.step(x, std::vector<int>(64)).loss > 0 ? 0 : 1;
}
