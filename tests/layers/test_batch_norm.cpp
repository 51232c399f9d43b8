#include <doctest/doctest.h>
#include <cmath>
#include <numeric>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::BatchNorm, kiln::BatchNormOptions, kiln::Shape, kiln::Mode;

namespace {
constexpr std::size_t native = kiln::native_width<float>;
template <class T> using Lists = std::vector<std::vector<T>>;

// A whole minibatch in double, plainly, and what of it may be off by rounding.
struct Reference {
    std::vector<double> y, dx, dweight, dbias, running_mean, running_var;
};
template <class T>
Reference reference(std::size_t channels, const std::vector<T>& x, const std::vector<T>& dy, const Lists<T>& parameters,
                    const Lists<T>& buffers, std::size_t size, double eps = 1e-5, double momentum = 0.1) {
    const std::size_t pixels = size / channels, n = x.size() / channels;
    Reference r{std::vector<double>(x.size()), std::vector<double>(x.size()), {}, {}, {}, {}};
    for (std::size_t c = 0; c < channels; ++c) {
        std::vector<std::size_t> own;  // elements of the channel
        for (std::size_t i = 0; i < x.size(); ++i)
            if (i % size / pixels == c) own.push_back(i);
        double mean = 0, var = 0, dweight = 0, dbias = 0;
        for (const std::size_t i : own) mean += static_cast<double>(x[i]) / static_cast<double>(n);
        for (const std::size_t i : own) var += std::pow(static_cast<double>(x[i]) - mean, 2) / static_cast<double>(n);
        const double inverse = 1 / std::sqrt(var + eps), weight = parameters.empty() ? 1 : static_cast<double>(parameters[0][c]),
                     bias = parameters.empty() ? 0 : static_cast<double>(parameters[1][c]);
        const auto h = [&](std::size_t i) { return (static_cast<double>(x[i]) - mean) * inverse; };
        for (const std::size_t i : own) {
            r.y[i] = weight * h(i) + bias;
            dbias += static_cast<double>(dy[i]);
            dweight += static_cast<double>(dy[i]) * h(i);
        }
        for (const std::size_t i : own)
            r.dx[i] = weight * inverse * (static_cast<double>(dy[i]) - (dbias + h(i) * dweight) / static_cast<double>(n));
        r.dweight.push_back(dweight), r.dbias.push_back(dbias);
        const double old_mean = static_cast<double>(buffers[0][c]), old_var = static_cast<double>(buffers[1][c]);
        r.running_mean.push_back(n == 1 ? old_mean : (1 - momentum) * old_mean + momentum * mean);
        r.running_var.push_back(n == 1 ? old_var : (1 - momentum) * old_var + momentum * var * static_cast<double>(n) / static_cast<double>(n - 1));
    }
    return r;
}

// Every number is of the order of 1, but for sums over n: a few units in the last place, for each of sqrt(n) in a sum.
template <class T> void check_near(const char* what, const std::vector<T>& found, const std::vector<double>& expected, double scale = 1) {
    CAPTURE(what);
    REQUIRE(found.size() == expected.size());
    const double bound = 32 * scale * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(static_cast<double>(found[i]) - expected[i]) <= bound);  // never where one is a NaN
    }
}

template <class T> Lists<T> some_buffers(std::size_t channels) {
    auto var = random_numbers<T>(channels, 21);
    for (T& v : var) v = v * v + T(0.5);
    return {random_numbers<T>(channels, 20), var};
}

template <std::size_t Channels, class In, std::size_t Width, class T, BatchNormOptions options = BatchNormOptions{}>
void check(std::size_t samples, T offset = 0, T factor = 1) {
    CAPTURE(samples);
    CAPTURE(Width);
    using Layer = BatchNorm<Channels, options>;
    auto x = random_numbers<T>(samples * In::size, 1);
    for (T& v : x) v = v * factor + offset;
    const auto dy = random_numbers<T>(x.size(), 2);
    const auto parameters = random_parameters<Layer, In, T>(3);
    auto buffers = some_buffers<T>(Channels);
    const auto expected = reference(Channels, x, dy, parameters, buffers, In::size, options.eps, options.momentum);
    const auto run = run_layer<Layer, In, Width>(parameters, x, dy, {.shards = 4}, &buffers);
    // What the rounding of x itself, of `offset` by an epsilon, is in units of the deviation; and what 1 / deviation makes of it.
    const double deviation = static_cast<double>(factor), off = 1 + std::abs(static_cast<double>(offset)) / deviation;
    check_near("y", run.y, expected.y, off);
    check_near("dx", run.dx, expected.dx, off / deviation);
    const double terms = std::sqrt(static_cast<double>(samples * In::size / Channels));
    if constexpr (options.affine) {
        REQUIRE(run.names == std::vector<std::string>{"weight", "bias"});
        check_near("dweight", run.gradients[0], expected.dweight, off * terms);
        check_near("dbias", run.gradients[1], expected.dbias, terms);
    } else CHECK(run.names.empty());
    check_near("running_mean", buffers[0], expected.running_mean, off * deviation);
    check_near("running_var", buffers[1], expected.running_var, off * deviation * deviation);
}
}  // namespace

TEST_CASE_TEMPLATE("BatchNorm: the statistics of the whole minibatch, whatever its tiles", T, float, double) {
    for (const std::size_t samples : {2U, 7U, 64U, 101U}) {
        check<3, Shape<3, 5, 4>, 1, T>(samples);
        check<3, Shape<3, 5, 4>, kiln::native_width<T>, T>(samples);
        check<3, Shape<3, 5, 4>, 2 * kiln::native_width<T>, T>(samples);
        check<3, Shape<3, 5, 4>, 4 * kiln::native_width<T>, T>(samples);
    }
}

TEST_CASE("BatchNorm: channels of one number, of a signal and of an image; other options") {
    check<7, Shape<7>, native, float>(33);
    check<7, Shape<7>, 2 * native, float>(33);
    check<4, Shape<4, 9>, native, float>(33);
    check<1, Shape<1, 28, 28>, native, float>(9);
    check<2, Shape<2, 3, 2, 2>, native, double>(9);
    check<3, Shape<3, 4>, native, double, BatchNormOptions{.eps = 0.01, .momentum = 0.7}>(9);
    check<3, Shape<3, 4>, native, double, BatchNormOptions{.affine = false}>(9);
}

TEST_CASE("BatchNorm: more channels than are summed at once") {
    check<600, Shape<600>, native, double>(13);
    check<300, Shape<300, 2>, 1, double>(5);
}

// sum x^2 - n mean^2 would be off by 1e6 epsilons of the variance here.
TEST_CASE("BatchNorm: a mean a thousand times the deviation costs three digits of y and no more") {
    check<2, Shape<2, 6, 6>, native, float>(50, 1000.0F);
    check<2, Shape<2>, native, float>(50, 1000.0F);
    check<2, Shape<2, 6, 6>, native, double>(50, 1e6);
    check<2, Shape<2, 6, 6>, native, double>(50, 0.0, 1e3);
}

TEST_CASE("BatchNorm: the same bits for any number of threads") {
    using In = Shape<5, 3, 3>;
    using Layer = kiln::Sequential<BatchNorm<5>, kiln::ReLU, BatchNorm<5>>;
    const auto x = random_numbers<float>(101 * In::size, 1), dy = random_numbers<float>(101 * In::size, 2);
    const auto parameters = random_parameters<Layer, In, float>(3);
    const auto run = [&](std::size_t threads, std::size_t shards = 8) {
        auto first = some_buffers<float>(5), buffers = first;
        buffers.insert(buffers.end(), first.begin(), first.end());
        auto result = run_layer<Layer, In, native>(parameters, x, dy, {.shards = shards, .threads = threads}, &buffers);
        for (auto& b : buffers) result.gradients.push_back(b);
        return result;
    };
    const auto one = run(1);
    for (const std::size_t threads : {2U, 3U, 5U}) {
        CAPTURE(threads);
        const auto many = run(threads);
        CHECK(many.y == one.y);
        CHECK(many.dx == one.dx);
        CHECK(many.gradients == one.gradients);
    }
    CHECK(run(1, 1).dx != one.dx);  // the shards are part of the recipe: so this could fail
}

// The last tile's padding repeats a sample; here what it holds is made large, and its dy too.
TEST_CASE("BatchNorm: dead lanes have no influence, and their dx is 0") {
    constexpr std::size_t W = 4, live = 2;
    using L = kiln::Lanes<float, W>;
    using In = Shape<2, 3>;
    using Layer = BatchNorm<2>;
    constexpr std::size_t stride = kiln::tile_extent<Layer, In, Mode::training>;
    const auto run = [&](float padding) {
        std::vector<float> parameters(Layer::Parameters::extent, 2), buffers(Layer::Buffers::extent, 1),
            gradient(Layer::Parameters::extent), board(2 * kiln::board_width);
        std::vector<L> memory(2 * stride);
        const std::vector<kiln::TileInfo<L>> tiles{{0, 0, true, L(1)}, {W, 0, false, kiln::from_lanes<L>({1, 1, 0, 0})}};
        kiln::Step<float> step{.cut = {W + live, 2, 1}, .buffers = buffers.data(), .gradients = gradient.data(),
                               .gradient_extent = gradient.size(), .board = board.data()};
        const kiln::Group<L> group{memory.data(), stride, 2, tiles.data(), &step};
        const auto at = kiln::root_place<Layer, In, Mode::training, float>(parameters.data(), buffers.data());
        const auto each = [&](std::size_t array, auto f) {
            for (std::size_t t = 0; t < 2; ++t)
                for (std::size_t i = 0; i < In::size; ++i)
                    for (std::size_t lane = 0; lane < W; ++lane)
                        f(reinterpret_cast<float*>(&memory[t * stride + array + i])[lane], t == 1 && lane >= live, t * W + lane, i);
        };
        for (const std::size_t array : {at.x, at.dy})
            each(array, [&](float& v, bool dead, std::size_t s, std::size_t i) {
                v = dead ? padding : static_cast<float>((3 * s + 5 * i + array) % 7);
            });
        kiln::forward<Layer, In, Mode::training>(group, at);
        std::vector<float> result;
        each(at.y, [&](float& v, bool dead, std::size_t, std::size_t) { if (!dead) result.push_back(v); });
        kiln::backward<Layer, In, Mode::training, true>(group, at);
        each(at.dx, [&](float& v, bool dead, std::size_t, std::size_t) {
            if (dead) CHECK(v == 0);
            else result.push_back(v);
        });
        result.insert(result.end(), buffers.begin(), buffers.end());
        result.insert(result.end(), gradient.begin(), gradient.end());
        return result;
    };
    CHECK(run(1) == run(100));
}

// There is nothing to tell a mean from a deviation by.
TEST_CASE("BatchNorm: one number a channel gives the bias, and leaves the running statistics") {
    const Lists<float> parameters{{2, 3}, {0.5F, -1}};
    auto buffers = some_buffers<float>(2);
    const auto before = buffers;
    const auto run = run_layer<BatchNorm<2>, Shape<2>, native>(parameters, {7, 9}, {1, 1}, {}, &buffers);
    CHECK(run.y == parameters[1]);
    CHECK(run.dx == std::vector<float>{0, 0});
    CHECK(run.gradients == Lists<float>{{0, 0}, {1, 1}});
    CHECK(buffers == before);
}

TEST_CASE("BatchNorm: the running statistics are what frozen and inference use") {
    using In = Shape<3, 4>;
    const auto x = random_numbers<float>(11 * In::size, 1), dy = random_numbers<float>(11 * In::size, 2);
    const auto parameters = random_parameters<BatchNorm<3>, In, float>(3);
    auto buffers = some_buffers<float>(3);
    const auto before = buffers;
    const auto frozen = run_layer<BatchNorm<3>, In, native, Mode::frozen>(parameters, x, dy, {}, &buffers);
    CHECK(buffers == before);
    std::vector<double> y(x.size()), dx(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t c = i % In::size / 4;
        const double scale = static_cast<double>(parameters[0][c]) / std::sqrt(static_cast<double>(buffers[1][c]) + 1e-5);
        y[i] = (static_cast<double>(x[i]) - static_cast<double>(buffers[0][c])) * scale + static_cast<double>(parameters[1][c]);
        dx[i] = static_cast<double>(dy[i]) * scale;
    }
    check_near("y", frozen.y, y);
    check_near("dx", frozen.dx, dx);
    CHECK(run_layer<BatchNorm<3>, In, native, Mode::inference>(parameters, x, dy, {}, &buffers).y == frozen.y);
    // They start as mean 0 and variance 1.
    const auto started = run_layer<BatchNorm<3, BatchNormOptions{.affine = false}>, In, native, Mode::inference>({}, x, dy);
    check_near("y", started.y, std::vector<double>(x.begin(), x.end()), 32);
}

TEST_CASE("BatchNorm: its gradient, in training and frozen, alone and between Conv and ReLU") {
    const auto check = [](const kiln::GradientCheck& found) {
        INFO(found.worst.view());
        CHECK(found.passed);
    };
    check(kiln::check_gradients<BatchNorm<3>, Shape<3, 2, 4>>());
    check(kiln::check_gradients<BatchNorm<3>, Shape<3, 2, 4>, Mode::frozen>());
    check(kiln::check_gradients<BatchNorm<4>, Shape<4>>({.samples = 6}));
    check(kiln::check_gradients<BatchNorm<3, BatchNormOptions{.affine = false}>, Shape<3, 4>>());
    using Convolutions = kiln::Sequential<kiln::Conv<2, 3, 3>, BatchNorm<3>, kiln::ReLU, kiln::Conv<3, 2, 2>, BatchNorm<2>>;
    check(kiln::check_gradients<Convolutions, Shape<2, 6, 6>>());
    check(kiln::check_gradients<Convolutions, Shape<2, 6, 6>, Mode::frozen>());
    using Perceptron = kiln::Sequential<BatchNorm<2>, kiln::Linear<2, 3>, BatchNorm<3>, kiln::ReLU, kiln::Linear<3, 2>>;
    check(kiln::check_gradients<Perceptron, Shape<2>>({.samples = 7}));
}

TEST_CASE("BatchNorm: its shapes, its words and PyTorch's names") {
    static_assert(std::is_same_v<kiln::output_of<BatchNorm<3>, Shape<3, 4, 5>>, Shape<3, 4, 5>>);
    static_assert(kiln::accepts<BatchNorm<3>, Shape<3>> && !kiln::accepts<BatchNorm<3>, Shape<4, 3>>);
    static_assert(kiln::mixes_samples<BatchNorm<3>>);
    static_assert(!kiln::trainable<BatchNorm<3, BatchNormOptions{.affine = false}>, Shape<3>>);
    CHECK(BatchNorm<16>::name().view() == "BatchNorm<16>");
    CHECK(BatchNorm<16, BatchNormOptions{.eps = 0.001, .momentum = 0.01, .affine = false}>::name().view() ==
          "BatchNorm<16,eps 0.001,momentum 0.01,no affine>");
    CHECK(BatchNorm<16>::expected().view() == "16 channels");
    CHECK(BatchNorm<1>::expected().view() == "1 channel");

    std::vector<float> parameters(BatchNorm<3>::Parameters::extent), buffers(BatchNorm<3>::Buffers::extent);
    kiln::start<BatchNorm<3>, Shape<3>>(parameters.data(), buffers.data(), 1);
    std::vector<std::string> names;
    const auto look = [&](const std::string& name, auto view) {
        names.push_back(name);
        const float value = name == "weight" || name == "running_var" ? 1 : 0;
        for (const float v : view) CHECK(v == value);
    };
    kiln::visit<BatchNorm<3>::Parameters>(parameters.data(), look);
    kiln::visit<BatchNorm<3>::Buffers>(buffers.data(), look);
    CHECK(names == std::vector<std::string>{"weight", "bias", "running_mean", "running_var"});
}

static_assert(right_as_constant<BatchNorm<2>, Shape<2, 3>>);
static_assert(right_as_constant<BatchNorm<2>, Shape<2, 3>, Mode::frozen>);
