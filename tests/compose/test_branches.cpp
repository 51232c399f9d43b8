#include <doctest/doctest.h>
#include "kiln/compose/concat.hpp"
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/sum.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/run_layer.hpp"

using namespace kiln;

namespace {
using Numbers = std::vector<float>;
using Parameters = std::vector<Numbers>;
constexpr std::size_t width = native_width<float>;

// A branch by itself, with memory of its own.
template <class Layer, class In> LayerRun<float> alone(const Parameters& all, std::size_t first, const Numbers& x, const Numbers& dy) {
    std::size_t count = 0;
    std::vector<float> flat(parameters_of<Layer, In>::extent);
    visit<parameters_of<Layer, In>>("", flat.data(), [&](const std::string&, auto) { ++count; });
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return run_layer<Layer, In, width>(Parameters(begin, begin + static_cast<std::ptrdiff_t>(count)), x, dy, {.shards = 2});
}
Numbers plus(const Numbers& a, const Numbers& b) {
    Numbers sum(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) sum[i] = a[i] + b[i];
    return sum;
}
template <class Layer, class In, Mode mode = Mode::training> void check_derivative() {
    const auto check = check_gradients<Layer, In, mode>();
    INFO(check.worst);
    CHECK(check.passed);
}

// y and dx are the sums of the branches', and so are the gradients the branches' own, bit by bit.
template <class A, class B, class Pair, class In> void check_sum() {
    const std::size_t samples = 2 * width + 3;
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
}  // namespace

TEST_CASE("Sum: branches of every kind, in memory they share") {
    using Deep = Sequential<Linear<4, 6>, Tanh, Linear<6, 4>>;
    check_sum<Deep, Linear<4, 4>, Sum<Deep, Linear<4, 4>>, Shape<3, 4>>();
    check_sum<Deep, Identity, Sum<Deep, Identity>, Shape<3, 4>>();
    check_sum<Identity, Deep, Sum<Identity, Deep>, Shape<3, 4>>();
    check_sum<Tanh, Softmax, Sum<Tanh, Softmax>, Shape<5>>();  // both read their y again
    check_sum<ReLU, Tanh, Sum<ReLU, Tanh>, Shape<5>>();
    check_derivative<Sum<Linear<3, 2>, Sequential<Linear<3, 2>, Tanh>, Linear<3, 2>>, Shape<3>>();
    check_derivative<Sum<Linear<3, 3>>, Shape<3>>();
}

TEST_CASE("Residual: a branch and a shortcut, which have names") {
    using Branch = Sequential<Conv<2, 3, 3, 1, 1>, ReLU, Conv<3, 2, 3, 1, 1>>;
    check_sum<Branch, Identity, Residual<Branch>, Shape<2, 4, 5>>();
    using Down = Sequential<Conv<2, 4, 3, 2, 1>, Tanh>;
    check_sum<Down, Conv<2, 4, 1, 2>, Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>>();
    check_derivative<Sequential<Conv<1, 2, 3, 1, 1>, ReLU, Residual<Residual<Branch>>, Flatten, Linear<32, 3>>, Shape<1, 4, 4>>();
    const auto run = run_layer<Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>, width>(random_parameters<Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>, float>(1),
                                                                                       Numbers(72), Numbers(36));
    CHECK(run.names == std::vector<std::string>{"branch.0.weight", "branch.0.bias", "shortcut.weight", "shortcut.bias"});
    using Own = Residual<Inline<Sequential<Named<"conv1", Conv<2, 2, 1>>>>, Named<"downsample", Conv<2, 2, 1>>>;
    std::vector<std::string> names;
    std::vector<float> flat(parameters_of<Own, Shape<2, 1, 1>>::extent);
    visit<parameters_of<Own, Shape<2, 1, 1>>>("", flat.data(), [&](const std::string& name, auto) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"conv1.weight", "conv1.bias", "downsample.weight", "downsample.bias"});
}

TEST_CASE("Residual: an identity shortcut takes no memory of its own") {
    using Branch = Sequential<Linear<8, 8>, ReLU, Linear<8, 8>>;
    constexpr Workspace with = workspace<Residual<Branch>, Shape<8>, Mode::training>, without = workspace<Branch, Shape<8>, Mode::training>;
    CHECK(with.kept == without.kept);
    CHECK(with.scratch == without.scratch);
}

TEST_CASE("Concat: branches beside each other along the first axis") {
    using A = Sequential<Conv<2, 3, 1>, Tanh>;
    using B = Conv<2, 1, 3, 1, 1>;
    using Both = Concat<A, B, Identity>;
    static_assert(std::is_same_v<output_of<Both, Shape<2, 3, 4>>, Shape<6, 3, 4>>);
    const auto parameters = random_parameters<Both, Shape<2, 3, 4>, float>(3);
    const std::size_t samples = width + 2;
    const auto x = random_numbers<float>(samples * 24, 1), dy = random_numbers<float>(samples * 72, 2);
    const auto part = [&](std::size_t from, std::size_t size) {
        Numbers result;
        for (std::size_t s = 0; s < samples; ++s) result.insert(result.end(), &dy[s * 72 + from], &dy[s * 72 + from] + size);
        return result;
    };
    const auto both = run_layer<Both, Shape<2, 3, 4>, width>(parameters, x, dy, {.shards = 2});
    const auto a = alone<A, Shape<2, 3, 4>>(parameters, 0, x, part(0, 36)), b = alone<B, Shape<2, 3, 4>>(parameters, 2, x, part(36, 12));
    Numbers y;
    for (std::size_t s = 0; s < samples; ++s) {
        y.insert(y.end(), &a.y[s * 36], &a.y[s * 36] + 36);
        y.insert(y.end(), &b.y[s * 12], &b.y[s * 12] + 12);
        y.insert(y.end(), &x[s * 24], &x[s * 24] + 24);
    }
    CHECK(both.y == y);
    CHECK(both.dx == plus(plus(a.dx, b.dx), part(48, 24)));
    CHECK(both.names == std::vector<std::string>{"0.0.weight", "0.0.bias", "1.weight", "1.bias"});
    check_derivative<Both, Shape<2, 3, 4>>();
    check_derivative<Both, Shape<2, 3, 4>, Mode::frozen>();
    check_derivative<Sequential<Linear<4, 5>, Concat<Linear<5, 2>, Softmax, Sequential<ReLU, Linear<5, 1>>>, Linear<8, 2>>, Shape<4>>();
    static_assert(Concat<Conv<1, 6, 5>, Conv<1, 2, 5>>::gives.channels == 8 && Concat<Conv<1, 6, 5>, ReLU>::gives.channels == 0);
}

TEST_CASE("Branches: what does not fit, in the user's words") {
    using Grows = Sequential<Conv<1, 6, 5>, Residual<Conv<6, 8, 3, 1, 1>>>;
    CHECK(network_fault<Grows, Shape<1, 8, 8>>.view() ==
          "layer 1 Residual adds its branch, which gives 8x4x4 = 128, and its shortcut Identity, which gives 6x4x4 = 96: give it the shortcut Conv<6,8,1>");
    using Inside = Sequential<Linear<4, 4>, Residual<Sequential<ReLU, Linear<5, 4>>>>;
    CHECK(network_fault<Inside, Shape<4>>.view() == "layer 1.branch.1 Linear<5,4> expects 5 features, but layer 1.branch.0 ReLU gives 4");
    CHECK(network_fault<Sum<Linear<4, 3>, Linear<4, 2>>, Shape<4>>.view() ==
          "Sum adds branches of one shape, but layer 0 Linear<4,3> gives 3 and layer 1 Linear<4,2> gives 2");
    CHECK(network_fault<Concat<Conv<1, 2, 3>, Conv<1, 2, 5>>, Shape<1, 8, 8>>.view() ==
          "Concat joins shapes that differ in the first axis alone, but layer 0 Conv<1,2,3> gives 2x6x6 = 72 and layer 1 Conv<1,2,5> gives 2x4x4 = 32");
    CHECK(network_fault<Sequential<Flatten, Concat<Linear<4, 2>, Linear<5, 2>>>, Shape<4>>.view() ==
          "layer 1.1 Linear<5,2> expects 5 features, but layer 0 Flatten gives 4");
    static_assert(multiply_adds<Residual<Linear<4, 4>>, Shape<4>> == 16 && backward_multiply_adds<Residual<Linear<4, 4>>, Shape<4>, true> == 32);
}
