#include <doctest/doctest.h>
#include <cmath>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/class_token.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::ClassToken, kiln::Shape;

namespace {
template <std::size_t Features> void reference(Sample& s) {
    for (std::size_t f = 0; f < Features; ++f) {
        s.y[f] = s.parameters[0][f];
        s.gradients[0][f] += s.dy[f];
    }
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        s.y[Features + i] = s.x[i];
        s.dx[i] = s.dy[Features + i];
    }
}
}  // namespace

TEST_CASE("ClassToken: a learned token before all others") {
    check_layer_in_all_lanes<ClassToken<3>, Shape<4, 3>>(reference<3>);
    check_layer<ClassToken<5>, Shape<1, 5>>(reference<5>);
}

TEST_CASE("ClassToken: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<ClassToken<64>, Shape<49, 64>>, Shape<50, 64>>);
    CHECK(!kiln::accepts<ClassToken<64>, Shape<64>>);
    CHECK(!kiln::accepts<ClassToken<64>, Shape<49, 32>>);
    CHECK(ClassToken<64>::name().view() == "ClassToken<64>");
    CHECK(ClassToken<64>::expected().view() == "Tx64 tokens");
}

TEST_CASE("ClassToken: starts normally distributed, with a deviation of 0.02") {
    std::vector<double> numbers(ClassToken<4096>::Parameters::extent);
    kiln::start<ClassToken<4096>, Shape<1, 4096>>(numbers.data(), static_cast<double*>(nullptr), 1);
    double mean = 0, square = 0;
    for (const double w : numbers) mean += w / 4096, square += w * w / 4096;
    CHECK(std::abs(mean) < 0.001);
    CHECK(std::sqrt(square) == doctest::Approx(0.02).epsilon(0.04));
}

static_assert(right_as_constant<ClassToken<3>, Shape<2, 3>>);
