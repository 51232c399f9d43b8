#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("tokens: looked up, placed, with a class token, of which one is selected") {
    using Net = Sequential<Embedding<11, 6>, PositionEmbedding<5, 6>, ClassToken<6>, LayerNorm<6>, Linear<6, 6>, Concat<SelectToken<0>, SelectToken<3>>>;
    Model<Net, Tokens<5, 11>> model{Seed{1}};
    scramble(model);
    CHECK(contains(check_exported(model), "constexpr void predict(const int* x, float* y, [[maybe_unused]] float* memory) noexcept"));
}
