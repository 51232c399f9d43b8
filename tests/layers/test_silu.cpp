#include <doctest/doctest.h>
#include <cmath>
#include "kiln/layers/silu.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

TEST_CASE("SiLU: its value and its slope") {
    const auto s = [](double x) { return 1 / (1 + std::exp(-x)); };
    check_activation<kiln::SiLU>([&](double x) { return x * s(x); },
                                 [&](double x) { return s(x) + x * s(x) * (1 - s(x)); });
}

// Made by PyTorch 1.13.0, in double:
//     x = torch.tensor([-6, -2.5, -1, -0.1, 0, 0.3, 1, 4], dtype=float, requires_grad=True); y = F.silu(x); y.sum().backward()
TEST_CASE_TEMPLATE("SiLU: PyTorch's values", T, float, double) {
    const std::vector<T> x{-6, -2.5, -1, T(-0.1), 0, T(0.3), 1, 4};
    const auto run = run_layer<kiln::SiLU, kiln::Shape<8>, kiln::native_width<T>>({}, x, std::vector<T>(8, 1));
    check_all_close<T>(run.y, std::vector<double>{-0.014835738939808647, -0.18964545005310887, -0.2689414213699951,
                                                  -0.047502081252106004, 0, 0.1723327550434977, 0.7310585786300049,
                                                  3.928055160151634});
    check_all_close<T>(run.dx, std::vector<double>{-0.012326432591525513, -0.09940111134152683, 0.07232948812851325,
                                                   0.4500832085017708, 0.5, 0.6477800103188829, 0.9276705118714869,
                                                   1.0526646148910728});
}

static_assert(right_as_constant<kiln::SiLU, kiln::Shape<3>>);
