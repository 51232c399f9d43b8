#include <doctest/doctest.h>
#include <cmath>
#include "kiln/layers/sigmoid.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

TEST_CASE("Sigmoid: its value and its slope") {
    const auto value = [](double x) { return 1 / (1 + std::exp(-x)); };
    check_activation<kiln::Sigmoid>(value, [&](double x) { return value(x) * (1 - value(x)); });
}

TEST_CASE("Sigmoid: far out it is 0 or 1") {
    const auto run = run_layer<kiln::Sigmoid, kiln::Shape<2>, kiln::native_width<float>>(
        {}, std::vector<float>{1000, -1000}, {1, 1});
    CHECK(run.y == std::vector<float>{1, 0});
    CHECK(run.dx == std::vector<float>{0, 0});
}

static_assert(right_as_constant<kiln::Sigmoid, kiln::Shape<3>>);
