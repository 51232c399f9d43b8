#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/losses/bce_with_logits.hpp"
#include "support/minibatch_loss.hpp"

using kiln::BCEWithLogits, kiln::OptionError, kiln::Shape;

TEST_CASE("bce with logits: the gradient is the slope of the value") {
    const std::vector<double> y{0.5, -3, 2, 0.01, -0.25, 5}, t{1, 0, 0.5, 0.25, 1, 0};
    check_slope<Shape<3>, Shape<3>>(BCEWithLogits{}, y, t);
    check_slope<Shape<3>, Shape<3>>(BCEWithLogits{.pos_weight = {2, 0.5, 3}}, y, t);
    check_slope<Shape<1, 3>, Shape<1, 3>>(BCEWithLogits{.pos_weight = {0.1}}, y, t);
}

// log(1 + exp(-|y|)) is exp(-|y|) for a large y, far below what 1 + exp(-|y|) can show: to the precision of exp and log, some
// units in the last place (xsimd's exp and log in float: 2), relative and not absolute.
TEST_CASE_TEMPLATE("bce with logits: a small loss keeps its digits", L, float, double, kiln::Lanes<float, kiln::native_width<float>>,
                   kiln::Lanes<float, 2 * kiln::native_width<float>>, kiln::Lanes<double, kiln::native_width<double>>) {
    using T = kiln::scalar<L>;
    constexpr double eps = std::numeric_limits<T>::epsilon();
    for (double y = 0.125; y < 80; y *= 1.25) {
        const double logit = static_cast<double>(static_cast<T>(y)), expected = std::log1p(std::exp(-logit)), improbable = 1 / (1 + std::exp(logit));
        CAPTURE(y);
        const auto sure = BCEWithLogits{}.term(L(T(y)), L(1), 0), sure_no = BCEWithLogits{}.term(L(T(-y)), L(0), 0);
        for (const auto& [found, sign] : {std::pair{sure, -1}, std::pair{sure_no, 1}}) {
            CHECK(std::abs(static_cast<double>(kiln::to_lanes(found.value)[0]) - expected) <= 8 * eps * expected);
            CHECK(std::abs(static_cast<double>(kiln::to_lanes(found.slope)[0]) - sign * improbable) <= 8 * eps * improbable);
        }
    }
}

TEST_CASE_TEMPLATE("bce with logits: huge logits neither overflow nor hide what is not a number", L, float, double,
                   kiln::Lanes<float, kiln::native_width<float>>, kiln::Lanes<double, kiln::native_width<double>>) {
    using T = kiln::scalar<L>;
    const auto value = [](T y, T t) { return kiln::to_lanes(BCEWithLogits{}.term(L(y), L(t), 0).value)[0]; };
    CHECK(value(T(1e30), T(0)) == T(1e30));
    CHECK(value(T(-1e30), T(1)) == T(1e30));
    CHECK(value(T(1e30), T(1)) == 0);
    CHECK(value(T(-1e30), T(0)) == 0);
    for (const T t : {T(0), T(0.5), T(1)}) CHECK_FALSE(std::isfinite(value(std::numeric_limits<T>::quiet_NaN(), t)));
}

TEST_CASE("bce with logits: not after an activation of its own, and options out of range are refused") {
    CHECK_FALSE(BCEWithLogits::after("Sigmoid").empty());
    CHECK(BCEWithLogits::after("Tanh").empty());
    check_loss(BCEWithLogits{}, 3);
    check_loss(BCEWithLogits{.pos_weight = {0}}, 3);
    CHECK_THROWS_WITH_AS(check_loss(BCEWithLogits{.pos_weight = {1, 2}}, 3),
                         "BCEWithLogits: the number of pos_weight is 2, but must be 1 or the network's number of features, 3", OptionError);
    CHECK_THROWS_WITH_AS(check_loss(BCEWithLogits{.pos_weight = {-1}}, 3), "BCEWithLogits: a pos_weight is -1, but must be 0 or positive, and finite",
                         OptionError);
}

// torch.nn.functional.binary_cross_entropy_with_logits(..., reduction="sum") gives the value.
static_assert(right_as_constant<Shape<2>, Shape<2>>(BCEWithLogits{.pos_weight = {2}}, 2.2673705027407696, {0.3, -2}, {1, 0.25}));
