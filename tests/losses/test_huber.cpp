#include <doctest/doctest.h>
#include <limits>
#include "kiln/losses/huber.hpp"
#include "support/minibatch_loss.hpp"

using kiln::Huber, kiln::OptionError, kiln::Shape;

TEST_CASE("huber: a parabola within delta, a line without, that meet with one slope") {
    const Huber huber{.delta = 2};
    const auto at = [&](double y) { return huber.term(y, 1.0, 0); };
    CHECK(at(1).value == 0);
    CHECK(at(2.5).value == 1.5 * 1.5 / 2);
    CHECK(at(2.5).slope == 1.5);
    CHECK(at(3).value == 2);
    CHECK(at(3).slope == 2);
    CHECK(at(11).value == 2 * (10 - 1));
    CHECK(at(11).slope == 2);
    CHECK(at(-9).value == 2 * (10 - 1));
    CHECK(at(-9).slope == -2);
    check_slope<Shape<3>, Shape<3>>(huber, {0.3, -2, 9, 1.1, 4, -1.5}, {1, 1, 1, 2, 1, 0});
    CHECK(Huber::name().view() == "Huber");
    CHECK(Huber{}.delta == 1);
}

TEST_CASE_TEMPLATE("huber: a number that is none gives a loss that is none", L, float, kiln::Lanes<float, kiln::native_width<float>>) {
    const L nan(std::numeric_limits<float>::quiet_NaN());
    for (const float v : kiln::to_lanes(Huber{}.term(nan, L(0), 0).value)) CHECK(std::isnan(v));
}

TEST_CASE("huber: options out of range are refused") {
    CHECK_THROWS_WITH_AS(check_loss(Huber{.delta = 0}, 1), "Huber: delta is 0, but must be positive and finite", OptionError);
    CHECK_THROWS_AS(check_loss(Huber{.delta = std::numeric_limits<double>::quiet_NaN()}, 1), OptionError);
    CHECK_THROWS_AS(check_loss(Huber{.delta = std::numeric_limits<double>::infinity()}, 1), OptionError);
}

static_assert(right_as_constant<Shape<2>, Shape<2>>(Huber{.delta = 2}, 1.5 * 1.5 / 2 + 2 * (10 - 1), {2.5, -9}, {1, 1}));
