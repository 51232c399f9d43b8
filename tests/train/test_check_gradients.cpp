#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/train/check_gradients.hpp"

using namespace kiln;

namespace {
// y = a x + x^2 with one trained number a, and mistakes to choose from.
enum class Mistake { none, dx, gradient, forgets_dx, reads_too_little };
template <Mistake mistake> struct Parabola {
    static constexpr Text name() { return "Parabola"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"a", Shape<1>>>;
    static constexpr bool in_place = true;
    static constexpr Reads reads = mistake == Mistake::reads_too_little ? Reads::nothing : Reads::x;

    static constexpr void init(auto parameters, auto) { std::get<0>(parameters).fill(0.5); }
    static constexpr void forward(auto tile) {
        const auto [a] = tile.parameters;
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = a[0] * tile.x[i] + tile.x[i] * tile.x[i];
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        const auto [a] = tile.parameters;
        const auto [da] = tile.gradient;
        for (std::size_t i = 0; i < tile.x.size; ++i) {
            const L x = tile.x[i], dy = tile.dy[i];
            da[0] += sum(dy * x) * (mistake == Mistake::gradient ? 2 : 1);
            if (mistake == Mistake::forgets_dx && i == 3) continue;
            tile.dx[i] = dy * (a[0] + (mistake == Mistake::dx && i == 2 ? L(1) : L(2)) * x);
        }
    }
};

// y = x / 0, whose gradient it says is 0.
struct Infinite {
    static constexpr Text name() { return "Infinite"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static void forward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] / 0.0;
    }
    static void backward(auto tile) {
        for (auto& v : tile.dx) v = 0;
    }
};
}  // namespace

TEST_CASE("check_gradients: a right layer passes, with small errors for x and every parameter") {
    const auto check = check_gradients<Parabola<Mistake::none>, Shape<2, 3>>();
    INFO(check.worst.view());
    CHECK(check.passed);
    REQUIRE(check.arrays.size() == 2);
    CHECK(check.arrays[0].name == "x");
    CHECK(check.arrays[1].name == "a");
    for (const auto& array : check.arrays) {
        CHECK(array.error <= 1e-8);
        CHECK(array.absolute_error <= 1e-8);
        CHECK(array.largest_gradient > 0.1);
    }
    CHECK(check.worst.view().starts_with("Parabola: the gradient of "));
    CHECK(check.worst.view().find(", and central differences give ") != std::string::npos);
}

TEST_CASE("check_gradients: a wrong dx is found, and the worst element named") {
    const auto check = check_gradients<Parabola<Mistake::dx>, Shape<2, 3>>();
    CHECK(!check.passed);
    CHECK(check.arrays[0].error > 1e-3);
    CHECK(check.arrays[1].error <= 1e-8);
    CAPTURE(check.worst.view());
    CHECK(check.worst.view().starts_with("Parabola: the gradient of x[2] of sample "));
    CHECK(check.worst.view().find(", but central differences give ") != std::string::npos);
}

TEST_CASE("check_gradients: a wrong parameter gradient is found") {
    const auto check = check_gradients<Parabola<Mistake::gradient>, Shape<2, 3>>();
    CHECK(!check.passed);
    CHECK(check.arrays[0].error <= 1e-8);
    CHECK(check.worst.view().starts_with("Parabola: the gradient of a[0] is "));
}

TEST_CASE("check_gradients: a dx that is never written is found") {
    const auto check = check_gradients<Parabola<Mistake::forgets_dx>, Shape<2, 3>>();
    CHECK(!check.passed);
    CHECK(check.worst.view().find("x[3]") != std::string::npos);
}

TEST_CASE("check_gradients: inside a chain, a layer that hides what it reads is found") {
    using Right = Sequential<Linear<4, 4>, Parabola<Mistake::none>, Tanh>;
    using Wrong = Sequential<Linear<4, 4>, Parabola<Mistake::reads_too_little>, Tanh>;  // y overwrites the x it needs
    CHECK(check_gradients<Right, Shape<4>>().passed);
    CHECK(!check_gradients<Wrong, Shape<4>>().passed);
}

TEST_CASE("check_gradients: a loss that is not finite never passes") {
    CHECK(!check_gradients<Infinite, Shape<3>>().passed);
}

TEST_CASE("check_gradients: composites, whose parameters go by their path") {
    using Net = Sequential<Conv<2, 3, 3>, ReLU, MaxPool<2>, Sequential<Flatten, Linear<12, 4>>, Tanh>;
    const auto check = check_gradients<Net, Shape<2, 6, 6>>();
    INFO(check.worst.view());
    CHECK(check.passed);
    REQUIRE(check.arrays.size() == 5);
    CHECK(check.arrays[1].name == "0.weight");
    CHECK(check.arrays[4].name == "3.1.bias");
    CHECK(check_gradients<Net, Shape<2, 6, 6>, Mode::frozen>().passed);
    CHECK(check_gradients<Net, Shape<2, 6, 6>, Mode::frozen>().arrays.size() == 1);
}

TEST_CASE("check_gradients: the options are heeded") {
    CHECK(!check_gradients<Tanh, Shape<4>>({.tolerance = 1e-16}).passed);
    const auto one = check_gradients<Linear<5, 3>, Shape<5>>({.samples = 1, .at_most = 1, .seed = 2});
    CHECK(one.passed);
    CHECK(one.arrays[0].largest_gradient !=
          check_gradients<Linear<5, 3>, Shape<5>>({.samples = 1, .at_most = 1, .seed = 3}).arrays[0].largest_gradient);
}

namespace {
template <Mistake mistake> constexpr GradientCheck constant_check() { return check_gradients<Parabola<mistake>, Shape<4>>({.samples = 2}); }
template <Mistake mistake> concept CanBeChecked = requires { typename std::bool_constant<constant_check<mistake>().passed>; };
}  // namespace

TEST_CASE("check_gradients: in a constant expression, where what nobody wrote cannot be read") {
    static_assert(constant_check<Mistake::none>().passed);
    static_assert(constant_check<Mistake::none>().arrays[1].name == "a" && constant_check<Mistake::none>().arrays[1].error <= 1e-8);
    static_assert(!constant_check<Mistake::dx>().passed);
    static_assert(!constant_check<Mistake::gradient>().passed);
    CHECK(CanBeChecked<Mistake::none>);
    CHECK(!CanBeChecked<Mistake::forgets_dx>);
}
