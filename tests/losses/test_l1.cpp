#include <doctest/doctest.h>
#include <limits>
#include "kiln/losses/l1.hpp"
#include "support/minibatch_loss.hpp"

using kiln::L1, kiln::Shape;

TEST_CASE("l1: the slope is the sign, and 0 where the target is met") {
    const auto found = minibatch_loss<Shape<3>, Shape<3>, kiln::native_width<double>>(L1{}, std::vector<double>{1, 2, -4}, {3, 2, -5});
    CHECK(found.value == 1);
    CHECK(found.dy == std::vector<double>{-1.0 / 3, 0, 1.0 / 3});
    CHECK(L1::name().view() == "L1");
}

TEST_CASE_TEMPLATE("l1: a number that is none gives a loss that is none", L, float, kiln::Lanes<float, kiln::native_width<float>>) {
    const L nan(std::numeric_limits<float>::quiet_NaN());
    for (const float v : kiln::to_lanes(L1::term(nan, L(0), 0).value)) CHECK(std::isnan(v));
    for (const float v : kiln::to_lanes(L1::term(L(0), nan, 0).value)) CHECK(std::isnan(v));
}

static_assert(right_as_constant<Shape<2>, Shape<2>>(L1{}, 1.5 + 10, {2.5, -9}, {1, 1}));
