#include "kiln/kiln.hpp"

using Net = kiln::Sequential<
    kiln::Conv<1, 64, 4, 4>, kiln::ToTokens, kiln::ClassToken<64>, kiln::PositionEmbedding<50, 64>,
    kiln::TransformerEncoder<64, 8, 128, 4>,
    kiln::LayerNorm<64>, kiln::SelectToken<0>, kiln::Linear<64, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}};
    const auto x = kiln::make_batch<float, kiln::Shape<1, 28, 28>>(64);
    return trainer.step(x, std::vector<int>(64)).loss > 0 ? 0 : 1;
}
