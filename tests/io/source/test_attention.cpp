#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
struct Neighbours {  // every other token, so that the first that is seen is not the first there is
    static constexpr bool allows(std::size_t query, std::size_t key) { return (query + key) % 2 == 1; }
};
}  // namespace

TEST_CASE("attention: of all tokens, of those before, of those that a mask names; with biases and without") {
    using Net = Sequential<MultiheadAttention<8, 2>, MultiheadAttention<8, 4, AttentionOptions{.bias = false, .dropout = 0.5}, Causal>,
                           MultiheadAttention<8, 1, AttentionOptions{}, Neighbours>>;
    Model<Net, Shape<6, 8>> model{Seed{1}};
    scramble(model);
    for (float& w : model.parameters()) w *= 3;
    const std::string text = check_exported(model);
    CHECK(contains(text, "inline constexpr bool layer2_mask[36] = {\n    0, 1, 0, 1, 0, 1, 1, 0,"));
}
