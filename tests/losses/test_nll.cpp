#include <doctest/doctest.h>
#include <limits>
#include "kiln/losses/nll.hpp"
#include "support/minibatch_loss.hpp"

using kiln::NLL, kiln::OptionError, kiln::Shape;

TEST_CASE("nll: the label's own number, whatever the others") {
    const double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> y{-1, -2, -3, -infinity, -0.5, -4}, labels{2, 1};
    const auto found = minibatch_loss<Shape<3>, Shape<1>, kiln::native_width<double>>(NLL{}, y, labels);
    CHECK(found.value == (3 + 0.5) / 2);
    CHECK(found.dy == std::vector<double>{0, 0, -0.5, 0, -0.5, 0});
    const auto weighted = minibatch_loss<Shape<3>, Shape<1>, 1>(NLL{.class_weights = {5, 3, 1}}, y, labels);
    CHECK(weighted.value == (3 + 3 * 0.5) / 4);
    CHECK(weighted.dy == std::vector<double>{0, 0, -0.25, 0, -0.75, 0});
    check_slope<Shape<2, 3>, Shape<2>>(NLL{}, {-1, -2, -3, -4, -5, -6}, {0, 2});
}

TEST_CASE("nll: not after Softmax, and options out of range are refused") {
    CHECK_FALSE(NLL::after("Softmax").empty());
    CHECK(NLL::after("LogSoftmax").empty());
    CHECK_THROWS_WITH_AS(check_loss(NLL{.class_weights = {1, 2}}, 3),
                         "NLL: the number of class_weights is 2, but must be the network's number of classes, 3", OptionError);
}

static_assert(right_as_constant<Shape<3>, Shape<1>>(NLL{.class_weights = {1, 2, 4}}, 2 * 1.25, {-0.5, -1.25, -3}, {1}));
