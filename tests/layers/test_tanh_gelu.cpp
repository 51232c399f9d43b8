#include <doctest/doctest.h>
#include <cmath>
#include <numbers>
#include "kiln/layers/tanh_gelu.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

TEST_CASE("TanhGELU: its value and its slope") {
    const double root = std::sqrt(2 / std::numbers::pi);
    const auto t = [=](double x) { return std::tanh(root * (x + 0.044715 * x * x * x)); };
    check_activation<kiln::TanhGELU>(
        [=](double x) { return 0.5 * x * (1 + t(x)); },
        [=](double x) { return 0.5 * (1 + t(x)) + 0.5 * x * (1 - t(x) * t(x)) * root * (1 + 3 * 0.044715 * x * x); });
}

// Made by PyTorch 1.13.0, in double:
//     x = torch.tensor([-6, -2.5, -1, -0.1, 0, 0.3, 1, 4], dtype=float, requires_grad=True)
//     y = F.gelu(x, approximate='tanh'); y.sum().backward()
TEST_CASE_TEMPLATE("TanhGELU: PyTorch's values", T, float, double) {
    const std::vector<T> x{-6, -2.5, -1, T(-0.1), 0, T(0.3), 1, 4};
    const auto run = run_layer<kiln::TanhGELU, kiln::Shape<8>, kiln::native_width<T>>({}, x, std::vector<T>(8, 1));
    check_all_close<T>(run.y, std::vector<double>{-8.43964897967453e-11, -0.015084266089998577, -0.1588080093917233,
                                                  -0.04601724895456484, 0, 0.18537092354275922, 0.8411919906082768,
                                                  3.9999297540518075});
    check_all_close<T>(run.dx, std::vector<double>{-7.709976012836329e-10, -0.03795157621266618, -0.08296408384578258,
                                                   0.4204782107282433, 0.5, 0.7322954516388018, 1.0829640838457826,
                                                   1.000335123197122});
}

static_assert(right_as_constant<kiln::TanhGELU, kiln::Shape<3>>);
