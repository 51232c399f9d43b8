#include "kiln/model/evaluate.hpp"
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <span>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/dropout.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/gelu.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/model/model.hpp"
#include "support/close.hpp"

using namespace kiln;

namespace {
// Numbers that PyTorch was given too: torch.tensor([((7 * (k + start) + 3) % 11 - 5) / 8 for k in range(n)]).
template <std::size_t N, class T = double> constexpr std::array<T, N> numbers(std::size_t start = 0) {
    std::array<T, N> result{};
    for (std::size_t k = 0; k < N; ++k) result[k] = static_cast<T>((7 * (k + start) + 3) % 11) / 8 - T(5) / 8;
    return result;
}
template <class Net, class In, class T = double> inline constexpr auto weights_of = numbers<parameters_of<Net, In>::size, T>();
template <class In, class T = double> inline constexpr auto x_of = numbers<In::size, T>(5);

// What the compiler works out, in double and in float, is what PyTorch does in double, and what a model does in lanes.
template <class Net, class In, std::size_t Buffers = 0>
void check_network(const std::vector<double>& wanted, const std::array<double, Buffers>& buffers, const auto& found, const auto& of_floats) {
    check_all_close<double>(found, wanted);
    check_all_close<float>(of_floats, wanted);
    Model<Net, In, double> model{Seed{1}};
    std::size_t k = 0;
    visit<parameters_of<Net, In>>(model.parameters().data(), [&](const auto&, auto view) {
        for (double& v : view) v = weights_of<Net, In>[k++];
    });
    k = 0;
    visit<buffers_of<Net, In>>(model.buffers().data(), [&](const auto&, auto view) {
        for (double& v : view) v = buffers[k++];
    });
    auto x = make_sample<double, In>();
    std::ranges::copy(x_of<In>, x.data());
    const auto y = model.predict(x);
    check_all_close<double>(std::span{y.data(), y.size()}, wanted);
}
template <class Net, class In> void check_network(const std::vector<double>& wanted) {
    static constexpr auto found = evaluate<Net, In>(weights_of<Net, In>, x_of<In>);
    static constexpr auto of_floats = evaluate<Net, In>(weights_of<Net, In, float>, x_of<In, float>);
    check_network<Net, In, 0>(wanted, {}, found, of_floats);
}
}  // namespace

TEST_CASE("evaluate: a network of constants is a constant") {
    using Xor = Sequential<Linear<2, 2>, Sigmoid, Linear<2, 1>>;
    constexpr std::array weights{20., 20., -20., -20., -10., 30., 20., 20., -30.};
    static_assert(evaluate<Xor, Shape<2>>(weights, std::array{0., 0.})[0] < -9);
    static_assert(evaluate<Xor, Shape<2>>(weights, std::array{1., 0.})[0] > 9);
    static_assert(evaluate<Xor, Shape<2>>(weights, std::array{0., 1.})[0] > 9);
    static_assert(evaluate<Xor, Shape<2>>(weights, std::array{1., 1.})[0] < -9);
    static_assert(evaluate<Embedding<3, 2>, Tokens<2, 3>>(std::array{1.F, 2.F, 3.F, 4.F, 5.F, 6.F}, std::array{2.F, 0.F}) == std::array{5.F, 6.F, 1.F, 2.F});
    static_assert(evaluate<Dropout<0.5>, Shape<2>>(std::array<double, 0>{}, std::array{3., 4.}) == std::array{3., 4.});
}

TEST_CASE("evaluate: PyTorch's numbers, and a model's") {
    check_network<Sequential<Linear<2, 3>, Tanh, Linear<3, 2>>, Shape<2>>({1.0779001652560094, -0.30899329899804034});
    check_network<Sequential<Conv<1, 2, 2>, MaxPool<2>, Flatten, Linear<8, 3>, Softmax>, Shape<1, 5, 5>>(
        {0.48359635279412844, 0.32849835389237647, 0.18790529331349518});
    check_network<Sequential<GRU<2, 2>, LayerNorm<2>>, Shape<3, 2>>({0.37490037915060603, -0.0001328277991920479, 0.37496679474057032,
                                                                     -4.4273679239592578e-05, 0.3749605578628209, -5.2589516238876755e-05});
}

TEST_CASE("evaluate: the running mean and variance of a BatchNorm are given in turn") {
    using Net = Sequential<Linear<2, 3>, BatchNorm<3>, GELU>;
    using In = Shape<2>;
    static constexpr std::array buffers{0.5, -1., 0.25, 4., 0.25, 2.};
    static constexpr std::array of_floats{0.5F, -1.F, 0.25F, 4.F, 0.25F, 2.F};
    static constexpr auto y = evaluate<Net, In>(weights_of<Net, In>, x_of<In>, buffers);
    static constexpr auto y_of_floats = evaluate<Net, In>(weights_of<Net, In, float>, x_of<In, float>, of_floats);
    check_network<Net, In>({0.87957380396603047, 0.74093187323163856, -0.11693013026634611}, buffers, y, y_of_floats);
}

TEST_CASE("evaluate: at run time it is the same function") {
    using Net = Sequential<Linear<2, 3>, Tanh, Linear<3, 2>>;
    auto weights = weights_of<Net, Shape<2>>;
    weights.back() += 1;
    const auto y = evaluate<Net, Shape<2>>(weights, x_of<Shape<2>>);
    check_close<double>(y[0], 1.0779001652560094);
    check_close<double>(y[1], 1 - 0.30899329899804034);
}
