#include <doctest/doctest.h>
#include "kiln/compose/transformer_encoder.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/constant.hpp"
#include "support/run_layer.hpp"

using kiln::Shape, kiln::TransformerEncoder, kiln::TransformerEncoderLayer, kiln::TransformerOptions;

namespace {
template <class Layer, class In> void gradients_are_right() {
    const auto check = kiln::check_gradients<Layer, In>({.at_most = 60});
    INFO(check.worst.view());
    CHECK(check.passed);
}
template <class Layer, class In> std::vector<std::string> names() {
    std::vector<std::string> result;
    std::vector<float> numbers(kiln::parameters_of<Layer, In>::extent);
    kiln::visit<kiln::parameters_of<Layer, In>>(numbers.data(), [&](const std::string& name, auto) { result.push_back(name); });
    return result;
}
}  // namespace

TEST_CASE("TransformerEncoder: its gradients, with the norms first or last, with dropout and with a mask") {
    gradients_are_right<TransformerEncoder<4, 2, 6, 2>, Shape<3, 4>>();
    gradients_are_right<TransformerEncoderLayer<4, 2, 6, TransformerOptions{.dropout = 0.25}>, Shape<3, 4>>();
    gradients_are_right<TransformerEncoderLayer<4, 2, 6, TransformerOptions{.dropout = 0.25, .norm_first = false}, kiln::ReLU, kiln::Causal>, Shape<3, 4>>();
}

TEST_CASE("TransformerEncoder: a causal one's output does not depend on later tokens, whatever its depth") {
    using Layer = TransformerEncoder<4, 2, 6, 2, TransformerOptions{}, kiln::GELU, kiln::Causal>;
    using In = Shape<5, 4>;
    const auto parameters = random_parameters<Layer, In, float>(3);
    auto x = random_numbers<float>(In::size, 4);
    const std::vector<float> dy(In::size, 1);
    const auto before = run_layer<Layer, In, kiln::native_width<float>, kiln::Mode::inference>(parameters, x, dy);
    for (std::size_t i = 3 * 4; i < In::size; ++i) x[i] = -x[i];
    const auto after = run_layer<Layer, In, kiln::native_width<float>, kiln::Mode::inference>(parameters, x, dy);
    CHECK(std::equal(before.y.begin(), before.y.begin() + 3 * 4, after.y.begin()));
    CHECK(!std::equal(before.y.begin() + 3 * 4, before.y.end(), after.y.begin() + 3 * 4));
}

TEST_CASE("TransformerEncoder: its names, its size and its words") {
    using Layer = TransformerEncoder<64, 8, 128, 4>;
    using In = Shape<50, 64>;
    static_assert(std::is_same_v<kiln::output_of<Layer, In>, In>);
    static_assert(kiln::parameters_of<Layer, In>::size == 4 * (4 * 64 * 64 + 4 * 64 + 2 * 64 * 128 + 64 + 128 + 4 * 64));
    static_assert(kiln::multiply_adds<Layer, In> == 4 * (50 * 64 * (4 * 64 + 2 * 128) + 2 * 50 * 50 * 64));
    CHECK(names<TransformerEncoder<4, 2, 6, 1>, Shape<3, 4>>() ==
          std::vector<std::string>{"layers.0.norm1.weight", "layers.0.norm1.bias", "layers.0.self_attn.in_proj_weight", "layers.0.self_attn.in_proj_bias",
                                   "layers.0.self_attn.out_proj.weight", "layers.0.self_attn.out_proj.bias", "layers.0.norm2.weight", "layers.0.norm2.bias",
                                   "layers.0.linear1.weight", "layers.0.linear1.bias", "layers.0.linear2.weight", "layers.0.linear2.bias"});
    CHECK(names<TransformerEncoderLayer<4, 2, 6, TransformerOptions{.dropout = 0.1, .norm_first = false}>, Shape<3, 4>>() ==
          std::vector<std::string>{"self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias",
                                   "norm1.weight", "norm1.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias", "norm2.weight", "norm2.bias"});
    CHECK(!kiln::accepts<Layer, Shape<64>>);
    CHECK(!kiln::accepts<Layer, Shape<50, 32>>);
    CHECK(Layer::name().view() == "TransformerEncoder<64,8,128,4>");
    CHECK(kiln::fault<Layer, Shape<64>>("2", "layer 1 Flatten").view() ==
          "layer 2.layers.0 TransformerEncoderLayer<64,8,128> expects Tx64 tokens, but layer 1 Flatten gives 64");
}

static_assert(right_as_constant<TransformerEncoder<2, 1, 2, 1>, Shape<2, 2>>);
