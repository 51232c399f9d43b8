#include <doctest/doctest.h>
#include <cmath>
#include "kiln/layers/log_softmax.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::LogSoftmax, kiln::Shape;

namespace {
template <std::size_t Classes> void reference(Sample& s) {
    for (std::size_t r = 0; r < s.x.size(); r += Classes) {
        double total = 0, slope = 0;
        for (std::size_t k = 0; k < Classes; ++k) total += std::exp(s.x[r + k].value), slope += s.dy[r + k].value;
        for (std::size_t k = 0; k < Classes; ++k) {
            s.y[r + k] = s.x[r + k].value - std::log(total);
            s.dx[r + k] = s.dy[r + k].value - std::exp(s.x[r + k].value) / total * slope;
        }
    }
}
}  // namespace

TEST_CASE("LogSoftmax: the logarithms of softmax, along the last axis") {
    check_layer_in_all_lanes<LogSoftmax, Shape<7>>(reference<7>, elementary_functions, 5);
    check_layer<LogSoftmax, Shape<2, 3, 5>>(reference<5>, elementary_functions, 5);
    check_layer<LogSoftmax, Shape<4, 1>>(reference<1>, elementary_functions, 5);
}

TEST_CASE("LogSoftmax: large logits do not overflow, and an improbable class keeps its logarithm") {
    const auto run = run_layer<LogSoftmax, Shape<2>, kiln::native_width<float>>({}, std::vector<float>{1e30F, -1e30F, 300, 0}, {1, 0, 0, 1});
    CHECK(run.y == std::vector<float>{0, -2e30F, 0, -300});
    CHECK(run.dx == std::vector<float>{0, 0, -1, 1});
}

static_assert(right_as_constant<LogSoftmax, Shape<3>>);
