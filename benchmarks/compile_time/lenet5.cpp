#include "kiln/kiln.hpp"

using Net = kiln::Sequential<
    kiln::Conv<1, 6, 5>,  kiln::ReLU, kiln::AvgPool<2>,
    kiln::Conv<6, 16, 5>, kiln::ReLU, kiln::AvgPool<2>,
    kiln::Flatten,
    kiln::Linear<256, 120>, kiln::ReLU,
    kiln::Linear<120, 84>,  kiln::ReLU,
    kiln::Linear<84, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 2e-3}};
    const auto x = kiln::make_batch<float, kiln::Shape<1, 28, 28>>(64);
    return trainer.step(x, std::vector<int>(64)).loss > 0 ? 0 : 1;
}
