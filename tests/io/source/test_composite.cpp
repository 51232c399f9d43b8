#include <doctest/doctest.h>
#include "kiln/compose/residual.hpp"
#include "kiln/compose/transformer_encoder.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/reshape.hpp"
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Block = Residual<Sequential<Conv<4, 8, 3, 2, 1>, BatchNorm<8>, ReLU, Conv<8, 8, 3, 1, 1>, BatchNorm<8>>, Sequential<Conv<4, 8, 1, 2>, BatchNorm<8>>>;
using ResNet = Sequential<Conv<2, 4, Kernel{.height = 3, .bias = false}, 1, 1>, BatchNorm<4>, Tanh, MaxPool<2>, Named<"block", Block>, Dropout<0.3>, Residual<Conv<8, 8, 3, 1, 1>>,
                          Frozen<Sequential<BatchNorm<8>, ReLU>>, Concat<Identity, Conv<8, 3, 1>, Sum<Identity, ReLU, Tanh>>, Flatten, Dropout<0.5>>;
}  // namespace

TEST_CASE("a residual network, with every BatchNorm but a frozen one in the convolution before it") {
    Model<ResNet, Shape<2, 12, 12>> model{Seed{1}};
    scramble(model);
    const std::string text = check_exported(model);
    CHECK(contains(text, "// 0 Conv<2,4,3 no bias,1,1>: 2x12x12 = 288 -> 4x12x12 = 576, 18496 FLOP, with the BatchNorm after it\n"));
    CHECK(contains(text, "// block.branch.0 Conv<4,8,3,2,1>: "));
    CHECK(contains(text, "weights::layer0_bias"));
    CHECK(contains(text, "// 7.0 BatchNorm<8>: "));
    CHECK(text.find("layers::max_pool") < text.find("layers::tanh_layer<"));  // a quarter of the tanh
    CHECK(!contains(text, "Dropout"));
}

TEST_CASE("a network that computes nothing hands its input on") {
    const Model<Sequential<Identity, Flatten>, Shape<2, 3>> model{Seed{1}};
    CHECK(contains(check_exported(model), "layers::copy<6>(x, y);"));
}

TEST_CASE("branches that compute nothing") {
    const Model<Sequential<Sum<Identity, Sequential<Identity>>, Concat<Identity, Sequential<Identity, ReLU>>>, Shape<2, 3>> model{Seed{1}};
    check_exported(model);
}

TEST_CASE("a Transformer's layers share their functions and their memory") {
    using Norms = TransformerEncoder<8, 2, 16, 2, TransformerOptions{.norm_first = false}, ReLU, Causal>;
    Model<Sequential<Norms, TransformerEncoder<8, 2, 16, 2>>, Shape<5, 8>> model{Seed{1}};
    scramble(model);
    const std::string text = check_exported(model);
    const auto once = text.find("constexpr void attention(");
    CHECK(once != text.npos);
    CHECK(text.find("constexpr void attention(", once + 1) == text.npos);
    CHECK(contains(text, "1.layers.1.self_attn MultiheadAttention<8,2>: 5x8 = 40 -> 5x8 = 40, "));
    CHECK(contains(text, "workspace = 225;"));  // x, qkv, mixed and a head's keys and scores at a time
}
