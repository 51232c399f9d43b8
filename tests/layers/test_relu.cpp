#include <doctest/doctest.h>
#include <limits>
#include "kiln/layers/relu.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::ReLU, kiln::Shape;

TEST_CASE("ReLU: x where it is positive, 0 elsewhere") {
    check_activation<ReLU>([](double x) { return x > 0 ? x : 0; }, [](double x) { return x > 0 ? 1 : 0; });
}

TEST_CASE("ReLU: the gradient at 0 is 0, and a NaN passes") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const auto run =
        run_layer<ReLU, Shape<3>, kiln::native_width<float>>({}, std::vector<float>{0, -0.0F, nan}, {1, 1, 1});
    CHECK(run.y[0] == 0);
    CHECK(run.y[1] == 0);
    CHECK(std::isnan(run.y[2]));
    CHECK(run.dx[0] == 0);
    CHECK(run.dx[1] == 0);
}

static_assert(right_as_constant<ReLU, Shape<3>>);
