#include <doctest/doctest.h>
#include "kiln/layers/select_token.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::SelectToken, kiln::Shape;

namespace {
template <std::size_t Index, std::size_t Features> void reference(Sample& s) {
    for (std::size_t f = 0; f < Features; ++f) {
        s.y[f] = s.x[Index * Features + f];
        s.dx[Index * Features + f] = s.dy[f];
    }
}
}  // namespace

TEST_CASE("SelectToken: one token of a sequence") {
    check_layer_in_all_lanes<SelectToken<0>, Shape<4, 3>>(reference<0, 3>);
    check_layer<SelectToken<3>, Shape<4, 3>>(reference<3, 3>);
    check_layer<SelectToken<0>, Shape<1, 2>>(reference<0, 2>);
}

TEST_CASE("SelectToken: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<SelectToken<0>, Shape<50, 64>>, Shape<64>>);
    CHECK(kiln::accepts<SelectToken<49>, Shape<50, 64>>);
    CHECK(!kiln::accepts<SelectToken<50>, Shape<50, 64>>);
    CHECK(!kiln::accepts<SelectToken<0>, Shape<64>>);
    CHECK(!kiln::accepts<SelectToken<0>, Shape<50, 8, 8>>);
    CHECK(SelectToken<0>::name().view() == "SelectToken<0>");
    CHECK(SelectToken<0>::expected().view() == "at least 1 token");
    CHECK(SelectToken<7>::expected().view() == "at least 8 tokens");
}

static_assert(right_as_constant<SelectToken<1>, Shape<2, 3>>);
