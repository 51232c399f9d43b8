#include "kiln/compose/transformer_encoder.hpp"
#include "kiln/layers/class_token.hpp"
#include "kiln/layers/multihead_attention.hpp"
#include "kiln/layers/position_embedding.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/select_token.hpp"
#include "kiln/layers/to_tokens.hpp"
#include "support/golden.hpp"

using kiln::AttentionOptions, kiln::MultiheadAttention, kiln::Shape;

namespace {
struct Given {
    static constexpr bool allows(std::size_t query, std::size_t key) {
        constexpr bool seen[4][4] = {{1, 0, 1, 0}, {1, 1, 0, 0}, {0, 0, 1, 1}, {0, 1, 1, 0}};
        return seen[query][key];
    }
};
}  // namespace

TEST_CASE_TEMPLATE("MultiheadAttention: PyTorch's values", T, float, double) {
    constexpr AttentionOptions plain{};
    check_golden<MultiheadAttention<6, 2>, Shape<4, 6>, T>("attention", "plain");
    check_golden<MultiheadAttention<6, 2, plain, kiln::Causal>, Shape<4, 6>, T>("attention", "causal");
    check_golden<MultiheadAttention<6, 3, plain, Given>, Shape<4, 6>, T>("attention", "mask");
    check_golden<MultiheadAttention<6, 2, AttentionOptions{.bias = false}>, Shape<4, 6>, T>("attention", "no_bias");
}

TEST_CASE_TEMPLATE("The layers of tokens: PyTorch's values", T, float, double) {
    check_golden<kiln::ToTokens, Shape<3, 2, 4>, T>("attention", "to_tokens");
    check_golden<kiln::ClassToken<3>, Shape<4, 3>, T>("attention", "class_token");
    check_golden<kiln::PositionEmbedding<4, 3>, Shape<4, 3>, T>("attention", "position_embedding");
    check_golden<kiln::SelectToken<2>, Shape<4, 3>, T>("attention", "select_token");
}

TEST_CASE_TEMPLATE("TransformerEncoder: PyTorch's values, under PyTorch's names", T, float, double) {
    check_golden<kiln::TransformerEncoder<4, 2, 6, 2>, Shape<3, 4>, T>("attention", "pre_norm");
    check_golden<kiln::TransformerEncoder<4, 2, 6, 2, kiln::TransformerOptions{.norm_first = false}, kiln::ReLU>, Shape<3, 4>, T>("attention", "post_norm");
}
