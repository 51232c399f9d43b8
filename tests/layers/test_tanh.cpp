#include <doctest/doctest.h>
#include <cmath>
#include "kiln/layers/tanh.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

TEST_CASE("Tanh: its value and its slope") {
    check_activation<kiln::Tanh>([](double x) { return std::tanh(x); },
                                 [](double x) { return 1 - std::tanh(x) * std::tanh(x); });
}

TEST_CASE("Tanh: far out it is 1, without a gradient") {
    const auto run =
        run_layer<kiln::Tanh, kiln::Shape<2>, kiln::native_width<float>>({}, std::vector<float>{1e30F, -1e30F}, {1, 1});
    CHECK(run.y[0] == doctest::Approx(1).epsilon(1e-6));
    CHECK(run.y[1] == doctest::Approx(-1).epsilon(1e-6));
    CHECK(std::abs(run.dx[0]) <= 1e-6F);
    CHECK(std::abs(run.dx[1]) <= 1e-6F);
}

static_assert(right_as_constant<kiln::Tanh, kiln::Shape<3>>);
