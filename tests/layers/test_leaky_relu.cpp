#include <doctest/doctest.h>
#include "kiln/layers/leaky_relu.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::LeakyReLU;

namespace {
template <class Layer> void check_slope(double slope) {
    check_activation<Layer>([=](double x) { return x > 0 ? x : slope * x; },
                            [=](double x) { return x > 0 ? 1 : slope; });
}
}  // namespace

TEST_CASE("LeakyReLU: a slope below 0, PyTorch's 0.01 unless one is given") {
    check_slope<LeakyReLU<>>(0.01);
    check_slope<LeakyReLU<0.25>>(0.25);
    check_slope<LeakyReLU<0.0>>(0);
}

TEST_CASE("LeakyReLU: a negative slope hides x's sign in y, so that backward reads x") {
    check_slope<LeakyReLU<-0.5>>(-0.5);
    CHECK(kiln::reads<LeakyReLU<-0.5>> == kiln::Reads::x);
    CHECK(kiln::reads<LeakyReLU<>> == kiln::Reads::y);
    CHECK(kiln::increasing<LeakyReLU<>>);
    CHECK(!kiln::increasing<LeakyReLU<-0.5>>);
}

TEST_CASE("LeakyReLU: its name shows a slope that is not PyTorch's") {
    CHECK(LeakyReLU<>::name().view() == "LeakyReLU");
    CHECK(LeakyReLU<0.2>::name().view() == "LeakyReLU<0.2>");
    CHECK(LeakyReLU<-1.5>::name().view() == "LeakyReLU<-1.5>");
}

static_assert(right_as_constant<LeakyReLU<0.1>, kiln::Shape<3>>);
