#include <doctest/doctest.h>
#include <cmath>
#include "kiln/layers/softmax.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Shape, kiln::Softmax;

namespace {
template <std::size_t Classes> void reference(Sample& s) {
    for (std::size_t r = 0; r < s.x.size(); r += Classes) {
        double total = 0, mean = 0;
        for (std::size_t k = 0; k < Classes; ++k) total += std::exp(s.x[r + k].value);
        for (std::size_t k = 0; k < Classes; ++k) {
            s.y[r + k] = std::exp(s.x[r + k].value) / total;
            mean += s.y[r + k].value * s.dy[r + k].value;
        }
        for (std::size_t k = 0; k < Classes; ++k) s.dx[r + k] = s.y[r + k].value * (s.dy[r + k].value - mean);
    }
}
}  // namespace

TEST_CASE("Softmax: exponentials that add up to 1, along the last axis") {
    check_layer_in_all_lanes<Softmax, Shape<7>>(reference<7>, elementary_functions, 5);
    check_layer<Softmax, Shape<2, 3, 5>>(reference<5>, elementary_functions, 5);
    check_layer<Softmax, Shape<4, 1>>(reference<1>, elementary_functions, 5);
}

TEST_CASE("Softmax: large logits do not overflow") {
    const auto run = run_layer<Softmax, Shape<3>, kiln::native_width<float>>(
        {}, std::vector<float>{1e30F, 1e30F, -1e30F}, {1, 0, 0});
    CHECK(run.y == std::vector<float>{0.5F, 0.5F, 0});
}

TEST_CASE("Softmax: gives probabilities, which CrossEntropy does not take") {
    CHECK(kiln::gives_probabilities<Softmax>);
}

// Made by PyTorch 1.13.0, in double:
//     x = torch.tensor([[1, 2, -1], [0, 0, 3]], dtype=float, requires_grad=True)
//     y = F.softmax(x, -1); y.backward(torch.tensor([[1, -2, 0.5], [0, 1, 2]], dtype=float))
TEST_CASE_TEMPLATE("Softmax: PyTorch's values", T, float, double) {
    const auto run = run_layer<Softmax, Shape<2, 3>, kiln::native_width<T>>({}, std::vector<T>{1, 2, -1, 0, 0, 3},
                                                                            {1, -2, 0.5, 0, 1, 2});
    check_all_close<T>(run.y, std::vector<double>{0.25949646034241913, 0.7053845126982412, 0.03511902695933973,
                                                  0.04527850074362907, 0.04527850074362907, 0.9094429985127419});
    check_all_close<T>(run.dx, std::vector<double>{0.5536909842699766, -0.6110653969720429, 0.0573744127020663,
                                                   -0.08440657359848569, -0.03912807285485662, 0.12353464645334214});
}

static_assert(right_as_constant<Softmax, Shape<2, 3>>);
