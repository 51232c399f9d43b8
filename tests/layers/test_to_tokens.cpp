#include <doctest/doctest.h>
#include "kiln/layers/to_tokens.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Shape, kiln::ToTokens;

namespace {
template <std::size_t Channels, std::size_t Pixels> void reference(Sample& s) {
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t p = 0; p < Pixels; ++p) {
            s.y[p * Channels + c] = s.x[c * Pixels + p];
            s.dx[c * Pixels + p] = s.dy[p * Channels + c];
        }
}
}  // namespace

TEST_CASE("ToTokens: a pixel's channels become a token's features") {
    check_layer_in_all_lanes<ToTokens, Shape<3, 2, 5>>(reference<3, 10>);
    check_layer<ToTokens, Shape<1, 4, 1>>(reference<1, 4>);
}

TEST_CASE("ToTokens: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<ToTokens, Shape<64, 7, 7>>, Shape<49, 64>>);
    CHECK(!kiln::accepts<ToTokens, Shape<49, 64>>);
    CHECK(ToTokens::name().view() == "ToTokens");
    CHECK(ToTokens::expected<Shape<49, 64>>().view() == "a CxHxW image");
}

static_assert(right_as_constant<ToTokens, Shape<2, 2, 2>>);
