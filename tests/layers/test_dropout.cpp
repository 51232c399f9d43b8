#include <doctest/doctest.h>
#include <cmath>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/dropout.hpp"
#include "kiln/layers/linear.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Dropout, kiln::Shape, kiln::Mode;
using In = Shape<3, 7>;

namespace {
constexpr std::size_t native = kiln::native_width<float>;

template <class Layer, std::size_t Width = native, class T = float>
LayerRun<T> of_ones(std::size_t samples, RunOptions options = {}) {
    return run_layer<Layer, In, Width>({}, std::vector<T>(samples * In::size, 1), std::vector<T>(samples * In::size, 1), options);
}
}  // namespace

TEST_CASE_TEMPLATE("Dropout: an element is 0 or multiplied by 1 / (1 - p), in backward as in forward", T, float, double) {
    constexpr std::size_t samples = 37;
    const auto x = random_numbers<T>(samples * In::size, 1), dy = random_numbers<T>(samples * In::size, 2);
    const auto run = run_layer<Dropout<0.2>, In, kiln::native_width<T>>({}, x, dy);
    std::size_t dropped = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (run.y[i] == 0) {
            ++dropped;
            CHECK(run.dx[i] == 0);
        } else {
            CHECK(run.y[i] == x[i] * T(1.25));
            CHECK(run.dx[i] == dy[i] * T(1.25));
        }
    }
    CHECK(dropped > 0);
    CHECK(dropped < x.size() / 2);
}

TEST_CASE("Dropout: p of the elements are dropped, so that the expectation stays, evenly over elements and samples") {
    const auto check = [&]<kiln::Real p> {
        constexpr std::size_t samples = 4000;
        constexpr double n = samples * In::size, all = p.value * n;
        const auto y = of_ones<Dropout<p>>(samples).y;
        double dropped = 0, total = 0;
        std::vector<double> elements(In::size);
        for (std::size_t i = 0; i < y.size(); ++i) {
            total += static_cast<double>(y[i]);
            dropped += y[i] == 0;
            elements[i % In::size] += y[i] == 0;
        }
        const double deviation = std::sqrt(all * (1 - p.value));
        CHECK(std::abs(dropped - all) < 3.3 * deviation);
        CHECK(total / n == doctest::Approx(1).epsilon(0.02));
        for (const double e : elements) CHECK(std::abs(e - all / In::size) < 4 * deviation / std::sqrt(In::size));
    };
    check.operator()<0.1>();
    check.operator()<0.5>();
    check.operator()<0.9>();
}

TEST_CASE("Dropout: a sample's mask is its own, whatever the threads, the shards and the width of a tile") {
    constexpr std::size_t samples = 53;
    using Layer = Dropout<>;
    const auto one = of_ones<Layer>(samples, {.shards = 4});
    for (const std::size_t threads : {2U, 3U, 5U}) {
        const auto many = of_ones<Layer>(samples, {.shards = 4, .threads = threads});
        CHECK(many.y == one.y);
        CHECK(many.dx == one.dx);
    }
    CHECK(of_ones<Layer, 1>(samples).y == one.y);
    CHECK(of_ones<Layer, 2 * native>(samples).y == one.y);
    const auto in_double = of_ones<Layer, 1, double>(samples).y;
    CHECK(std::equal(in_double.begin(), in_double.end(), one.y.begin(), one.y.end()));

    CHECK(of_ones<Layer>(samples, {.seed = 2}).y != one.y);
    CHECK(!std::equal(&one.y[0], &one.y[In::size], &one.y[In::size]));  // the second sample's
    // The second of two layers has a mask of its own: of the elements that pass one, it drops some.
    const auto twice = of_ones<kiln::Sequential<Layer, Layer>>(samples).y;
    CHECK(std::count(twice.begin(), twice.end(), 0.0F) > std::count(one.y.begin(), one.y.end(), 0.0F) + 100);
    CHECK(std::count(twice.begin(), twice.end(), 2.0F) == 0);
}

TEST_CASE("Dropout: another step has another mask") {
    using L = kiln::Lanes<float, native>;
    const kiln::TileInfo<L> info{};
    std::vector<L> memory(4 * In::size, L(1));
    const kiln::Place<float> place = kiln::root_place<Dropout<>, In, Mode::training, float>(nullptr, nullptr);
    const auto mask = [&](std::uint64_t number) {
        kiln::Step<float> step{.seed = 1, .number = number};
        const kiln::Group<L> group{memory.data(), memory.size(), 1, &info, &step};
        kiln::forward<Dropout<>, In, Mode::training>(group, place);
        std::vector<float> y;
        for (std::size_t i = 0; i < In::size; ++i)
            for (const float v : to_lanes(memory[place.y + i])) y.push_back(v);
        return y;
    };
    CHECK(mask(0) != mask(1));
    CHECK(mask(0) == mask(0));
}

TEST_CASE("Dropout: at inference and frozen it is the identity, and so it is with p = 0") {
    const auto x = random_numbers<float>(11 * In::size, 1), dy = random_numbers<float>(11 * In::size, 2);
    CHECK(run_layer<Dropout<0.9>, In, native, Mode::inference>({}, x, dy).y == x);
    const auto frozen = run_layer<Dropout<0.9>, In, native, Mode::frozen>({}, x, dy);
    CHECK(frozen.y == x);
    CHECK(frozen.dx == dy);
    const auto none = run_layer<Dropout<0.0>, In, native>({}, x, dy);
    CHECK(none.y == x);
    CHECK(none.dx == dy);
}

TEST_CASE("Dropout: a NaN is not hidden") {
    const std::vector<float> nan(8 * In::size, std::numeric_limits<float>::quiet_NaN()), dy(8 * In::size, 1);
    for (const float y : run_layer<Dropout<>, In, native>({}, nan, dy).y) CHECK(std::isnan(y));
}

TEST_CASE("Dropout: its gradient, alone, frozen and between two Linear") {
    const auto check = [](const kiln::GradientCheck& found) {
        INFO(found.worst.view());
        CHECK(found.passed);
    };
    check(kiln::check_gradients<Dropout<0.3>, In>());
    check(kiln::check_gradients<Dropout<0.3>, In, Mode::frozen>());
    check(kiln::check_gradients<kiln::Sequential<kiln::Linear<5, 6>, Dropout<>, kiln::Linear<6, 2>>, Shape<5>>());
}

TEST_CASE("Dropout: its name shows a p that is not PyTorch's") {
    CHECK(Dropout<>::name().view() == "Dropout");
    CHECK(Dropout<0.1>::name().view() == "Dropout<0.1>");
    static_assert(kiln::in_place<Dropout<>> && kiln::reads<Dropout<>> == kiln::Reads::nothing);
}

static_assert(right_as_constant<Dropout<0.5>, Shape<6>>);
