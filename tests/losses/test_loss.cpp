#include <doctest/doctest.h>
#include <array>
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "support/minibatch_loss.hpp"

using namespace kiln;

namespace {
// A user's own: l = y^4 t, and so dl/dy = 4 y^3 t.
struct Quartic {
    double factor = 1;
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "Quartic"; }
    void check(std::size_t features) const { check_option(factor > static_cast<double>(features), "Quartic", "factor", factor, "more than the features"); }
    template <class L> constexpr Term<L> term(const L& y, const L& target, std::size_t i) const {
        const L cube = L(scalar<L>(factor * static_cast<double>(i + 1))) * target * y * y * y;
        return {y * cube, L(4) * cube};
    }
};
const std::vector<double> four{1, 2, -1, 3};
}  // namespace

TEST_CASE("loss: the mean divides by the terms of all samples, the sum by nothing") {
    const std::vector<double> t{1, 1, 1, 1};
    const auto mean = minibatch_loss<Shape<2>, Shape<2>, 1>(Quartic{}, four, t);
    const auto sum = minibatch_loss<Shape<2>, Shape<2>, 1>(Quartic{.reduction = Reduction::sum}, four, t);
    CHECK(sum.value == 1 + 2 * 16 + 1 + 2 * 81);
    CHECK(sum.dy == std::vector<double>{4, 64, -4, 216});
    CHECK(mean.value == sum.value / 4);
    CHECK(mean.dy == std::vector<double>{1, 16, -1, 54});
    check_slope<Shape<2>, Shape<2>>(Quartic{}, {0.5, -1, 0.25, 0.75}, t);
}

TEST_CASE("loss: what outputs it takes, and the targets that go with them") {
    static_assert(!of_classes<Quartic> && !of_classes<MSE> && of_classes<CrossEntropy>);
    static_assert(takes_output<Quartic, Shape<1>> && takes_output<MSE, Shape<3, 4, 5, 6>>);
    static_assert(std::is_same_v<target_of<MSE, Shape<4, 2>>, Shape<4, 2>> && std::is_same_v<target_of<MSE, Shape<1>>, Number>);
    static_assert(std::is_same_v<target_of<CrossEntropy, Shape<2>>, Label> && std::is_same_v<target_of<CrossEntropy, Shape<7, 2>>, Tokens<7, 2>>);
    static_assert(std::is_same_v<target_of<CrossEntropy, Shape<3, 4, 5>>, Label>);  // which it does not take
    static_assert(!takes_output<CrossEntropy, Shape<3, 4, 5>> && !takes_output<CrossEntropy, Shape<7, 1>>);
    CHECK(classes_expected.view().starts_with("a row of 2"));
}

TEST_CASE("loss: what the terms of live lanes count for") {
    using L = Lanes<float, native_width<float>>;
    std::array<L, 2> steps{L(0), L(0)};
    std::array<float, native_width<float>> labels{};
    labels[0] = 2;
    steps[1] = from_lanes<L>(labels);
    const View<Shape<2>, const L> target{steps.data()};
    const CrossEntropy plain, weighted{.class_weights = {1, 10, 0.5}};
    CHECK_FALSE(weighs_terms(plain));
    CHECK_FALSE(weighs_terms(MSE{}));
    CHECK(weighs_terms(weighted));
    CHECK(terms_of(plain, target, 2) == 4);
    CHECK(terms_of(MSE{}, target, 1) == 2);
    CHECK(terms_of(weighted, target, 1) == 1.5);
    CHECK(terms_of(weighted, target, native_width<float>) == 2 * native_width<float> - 0.5);
}

TEST_CASE("loss: a loss checks its options, and class weights are checked for every loss that has them") {
    check_loss(MSE{}, 3);
    check_loss(Quartic{.factor = 4}, 3);
    CHECK_THROWS_WITH_AS(check_loss(Quartic{}, 3), "Quartic: factor is 1, but must be more than the features", OptionError);
    CHECK_THROWS_AS(check_loss(CrossEntropy{.class_weights = {1, -1}}, 2), OptionError);
}
