#include "kiln/kiln.hpp"

template <std::size_t Inputs, std::size_t Outputs, std::size_t Size, std::size_t Stride = 1>
using ConvNorm = kiln::Sequential<kiln::Conv<Inputs, Outputs, kiln::Kernel{.height = Size, .bias = false}, Stride, Size / 2>,
                                  kiln::BatchNorm<Outputs>>;
template <std::size_t Inputs, std::size_t Outputs, std::size_t Stride>
using Branch = kiln::Sequential<ConvNorm<Inputs, Outputs, 3, Stride>, kiln::ReLU, ConvNorm<Outputs, Outputs, 3>>;
template <std::size_t Channels> using Block = kiln::Sequential<kiln::Residual<Branch<Channels, Channels, 1>>, kiln::ReLU>;
template <std::size_t Inputs, std::size_t Outputs>
using Halving = kiln::Sequential<kiln::Residual<Branch<Inputs, Outputs, 2>, ConvNorm<Inputs, Outputs, 1, 2>>, kiln::ReLU>;

using Net = kiln::Sequential<ConvNorm<3, 16, 3>, kiln::ReLU, Block<16>, Block<16>, Block<16>, Halving<16, 32>, Block<32>, Block<32>,
                             Halving<32, 64>, Block<64>, Block<64>, kiln::GlobalAvgPool, kiln::Linear<64, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<3, 32, 32>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::SGD{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-4}};
    const auto x = kiln::make_batch<float, kiln::Shape<3, 32, 32>>(64);
    return trainer.step(x, std::vector<int>(64)).loss > 0 ? 0 : 1;
}
