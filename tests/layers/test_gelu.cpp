#include <doctest/doctest.h>
#include <cmath>
#include <numbers>
#include "kiln/layers/gelu.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

TEST_CASE("GELU: its value and its slope") {
    const auto below = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
    check_activation<kiln::GELU>(
        [&](double x) { return x * below(x); },
        [&](double x) { return below(x) + x * std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi); });
}

// Made by PyTorch 1.13.0, in double:
//     x = torch.tensor([-6, -2.5, -1, -0.1, 0, 0.3, 1, 4], dtype=float, requires_grad=True); y = F.gelu(x); y.sum().backward()
TEST_CASE_TEMPLATE("GELU: PyTorch's values", T, float, double) {
    const std::vector<T> x{-6, -2.5, -1, T(-0.1), 0, T(0.3), 1, 4};
    const auto run = run_layer<kiln::GELU, kiln::Shape<8>, kiln::native_width<T>>({}, x, std::vector<T>(8, 1));
    check_all_close<T>(
        run.y, std::vector<double>{-5.919525869479969e-09, -0.015524163314440398, -0.15865525393145702,
                                   -0.0460172162722971, 0, 0.1853734266566858, 0.841344746068543, 3.9998733150326675});
    check_all_close<T>(run.dx, std::vector<double>{-3.546870945402639e-08, -0.03761108590814519, -0.08331547058768635,
                                                   0.4204769079752698, 0.5, 0.7323277668271099, 1.0833154705876864,
                                                   1.0005036496612265});
}

static_assert(right_as_constant<kiln::GELU, kiln::Shape<3>>);
