#include <doctest/doctest.h>
#include <limits>
#include "kiln/losses/smooth_l1.hpp"
#include "support/minibatch_loss.hpp"

using kiln::OptionError, kiln::Shape, kiln::SmoothL1;

TEST_CASE("smooth l1: a parabola within beta, the absolute error less half of beta without") {
    const SmoothL1 smooth{.beta = 0.5};
    CHECK(smooth.term(1.25, 1.0, 0).value == 0.25 * 0.25 / 2 / 0.5);
    CHECK(smooth.term(1.25, 1.0, 0).slope == 0.5);
    CHECK(smooth.term(4.0, 1.0, 0).value == 3 - 0.25);
    CHECK(smooth.term(4.0, 1.0, 0).slope == 1);
    CHECK(smooth.term(-4.0, 1.0, 0).slope == -1);
    check_slope<Shape<3>, Shape<3>>(smooth, {0.3, -2, 9, 1.9, 4, -0.7}, {1, 1, 1, 2, 1, -1});
    CHECK(SmoothL1::name().view() == "SmoothL1");
    CHECK(SmoothL1{}.beta == 1);
}

TEST_CASE("smooth l1: options out of range are refused") {
    CHECK_THROWS_WITH_AS(check_loss(SmoothL1{.beta = 0}, 1), "SmoothL1: beta is 0, but must be positive and finite (0 would be L1)", OptionError);
    CHECK_THROWS_AS(check_loss(SmoothL1{.beta = std::numeric_limits<double>::infinity()}, 1), OptionError);
}

static_assert(right_as_constant<Shape<2>, Shape<2>>(SmoothL1{.beta = 2}, 1.5 * 1.5 / 4 + 10 - 1, {2.5, -9}, {1, 1}));
