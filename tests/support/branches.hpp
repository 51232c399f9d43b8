// What the tests of Sum, Residual and Concat share.
#pragma once
#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/run_layer.hpp"

namespace kiln {

// A branch by itself, with memory of its own.
template <class Layer, class In>
LayerRun<float> alone(const std::vector<std::vector<float>>& all, std::size_t first, const std::vector<float>& x, const std::vector<float>& dy) {
    constexpr std::size_t count = array_count<parameters_of<Layer, In>>;
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return run_layer<Layer, In, native_width<float>>({begin, begin + std::ptrdiff_t{count}}, x, dy, {.shards = 2});
}
inline std::vector<float> plus(const std::vector<float>& a, const std::vector<float>& b) {
    std::vector<float> sum(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) sum[i] = a[i] + b[i];
    return sum;
}
template <class Layer, class In, Mode mode = Mode::training> void check_derivative() {
    const auto check = check_gradients<Layer, In, mode>();
    INFO(check.worst.view());
    CHECK(check.passed);
}

// y and dx are the sums of the branches', and so are the gradients the branches' own, bit by bit.
template <class A, class B, class Pair, class In> void check_sum() {
    constexpr std::size_t width = native_width<float>, samples = 2 * width + 3;
    const auto parameters = random_parameters<Pair, In, float>(3);
    const auto x = random_numbers<float>(samples * In::size, 1), dy = random_numbers<float>(samples * output_of<Pair, In>::size, 2);
    const auto pair = run_layer<Pair, In, width>(parameters, x, dy, {.shards = 2});
    const auto a = alone<A, In>(parameters, 0, x, dy), b = alone<B, In>(parameters, a.names.size(), x, dy);
    CHECK(pair.y == plus(a.y, b.y));
    CHECK(pair.dx == plus(a.dx, b.dx));
    auto gradients = a.gradients;
    gradients.insert(gradients.end(), b.gradients.begin(), b.gradients.end());
    CHECK(pair.gradients == gradients);
    CHECK(run_layer<Pair, In, width, Mode::inference>(parameters, x, {}).y == pair.y);
    check_derivative<Pair, In>();
    check_derivative<Pair, In, Mode::frozen>();
}

}  // namespace kiln
