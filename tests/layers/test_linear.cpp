#include <doctest/doctest.h>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/linear.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Bias, kiln::Linear, kiln::Shape;

namespace {
template <std::size_t Inputs, std::size_t Outputs> void reference(Sample& s) {
    const auto& weight = s.parameters[0];
    auto& dweight = s.gradients[0];
    const bool has_bias = s.parameters.size() > 1;
    for (std::size_t r = 0; r < s.x.size() / Inputs; ++r)
        for (std::size_t o = 0; o < Outputs; ++o) {
            const Bounded dy = s.dy[r * Outputs + o];
            Bounded& y = s.y[r * Outputs + o] = has_bias ? s.parameters[1][o] : 0;
            if (has_bias) s.gradients[1][o] += dy;
            for (std::size_t i = 0; i < Inputs; ++i) {
                y += weight[o * Inputs + i] * s.x[r * Inputs + i];
                s.dx[r * Inputs + i] += weight[o * Inputs + i] * dy;
                dweight[o * Inputs + i] += dy * s.x[r * Inputs + i];
            }
        }
}
}  // namespace

TEST_CASE("Linear: an affine map of the last axis") {
    check_layer_in_all_lanes<Linear<13, 7>, Shape<13>>(reference<13, 7>);
    check_layer<Linear<5, 3>, Shape<4, 5>>(reference<5, 3>);
    check_layer<Linear<1, 1>, Shape<2, 3, 1>>(reference<1, 1>);
    check_layer<Linear<35, 19>, Shape<35>>(reference<35, 19>);
}

TEST_CASE("Linear: without a bias there is no parameter for one") {
    static_assert(Linear<13, 7, Bias::none>::Parameters::count == 1);
    check_layer_in_all_lanes<Linear<13, 7, Bias::none>, Shape<13>>(reference<13, 7>);
    check_layer<Linear<5, 3, Bias::none>, Shape<4, 5>>(reference<5, 3>);
}

TEST_CASE("Linear: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<Linear<5, 3>, Shape<2, 4, 5>>, Shape<2, 4, 3>>);
    static_assert(kiln::multiply_adds<Linear<5, 3>, Shape<2, 4, 5>> == 2 * 4 * 5 * 3);
    CHECK(!Linear<256, 120>::accepts<Shape<16, 4, 4>>);
    CHECK(Linear<256, 120>::name().view() == "Linear<256,120>");
    CHECK(Linear<256, 120, Bias::none>::name().view() == "Linear<256,120,no bias>");
    CHECK(Linear<256, 120>::expected().view() == "256 features");
    CHECK(Linear<1, 2>::expected().view() == "1 feature");
}

TEST_CASE("Linear: starts as PyTorch's does, uniform within 1 / sqrt(inputs)") {
    using Parameters = Linear<100, 50>::Parameters;
    std::vector<float> numbers(Parameters::extent);
    kiln::Draw draw{1};
    Linear<100, 50>::init(Parameters::views(numbers.data()), draw);
    kiln::visit<Parameters>(numbers.data(), [](const std::string& name, auto view) {
        CAPTURE(name);
        const auto [least, most] = std::minmax_element(view.begin(), view.end());
        CHECK(*least >= -0.1F);
        CHECK(*least < -0.09F);
        CHECK(*most <= 0.1F);
        CHECK(*most > 0.09F);
    });
}

static_assert(right_as_constant<Linear<3, 2>, Shape<3>>);
static_assert(right_as_constant<Linear<2, 3, Bias::none>, Shape<2, 2>>);
