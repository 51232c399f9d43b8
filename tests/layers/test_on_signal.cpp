#include <doctest/doctest.h>
#include "kiln/layers/image.hpp"
#include "kiln/layers/on_signal.hpp"
#include "support/constant.hpp"
#include "support/run_layer.hpp"

using namespace kiln;

namespace {
// Of images of two channels: y is the sum of the two, times a weight that starts at 2; kept: x's second channel, doubled.
struct Pair : TakesImage<2, Extent2{1, 3}> {
    static constexpr Text name() { return "Pair"; }
    template <class In> using output_shape = Shape<1, In::extents[1], In::extents[2]>;
    using Parameters = Arrays<Parameter<"weight", Shape<1>>>;
    template <class In> using Cache = Arrays<Shape<1, In::extents[1], In::extents[2]>>;
    static constexpr Reads reads = Reads::x;
    static constexpr void init(auto parameters, auto&&) { std::get<0>(parameters).fill(2); }

    static constexpr void forward(auto tile) {
        const auto [weight] = tile.parameters;
        const auto [kept] = tile.kept;
        using L = typename decltype(tile)::L;
        for (std::size_t i = 0; i < tile.y.size; ++i) {
            tile.y[i] = L(weight[0]) * (tile.x[i] + tile.x[tile.y.size + i]);
            kept[i] = tile.x[tile.y.size + i] + tile.x[tile.y.size + i];
        }
    }
    static constexpr void backward(auto tile) {
        const auto [weight] = tile.parameters;
        const auto [dweight] = tile.gradient;
        const auto [kept] = tile.kept;
        using L = typename decltype(tile)::L;
        for (std::size_t i = 0; i < tile.dy.size; ++i) {
            tile.dx[i] = tile.dx[tile.dy.size + i] = L(weight[0]) * tile.dy[i];
            dweight[0] += sum(tile.dy[i] * (tile.x[i] + L(0.5F) * kept[i]));
        }
    }
    template <class In> static constexpr std::size_t multiply_adds = In::size;
};
struct Pair1d : OnSignal<Pair> {
    static constexpr Text name() { return "Pair1d"; }
    using Parameters = Pair::Parameters;
};
}  // namespace

TEST_CASE("OnSignal: what the layer does on an image of height 1") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6, -1, 0, 1, 2, 3, 4}, dy{1, 2, 3, 4, 5, 6};
    const auto image = run_layer<Pair, Shape<2, 1, 3>, 4>({{3.0F}}, x, dy),
               signal = run_layer<Pair1d, Shape<2, 3>, 4>({{3.0F}}, x, dy);
    CHECK(signal.y == std::vector<float>{15, 21, 27, 3, 9, 15});
    CHECK(signal.y == image.y);
    CHECK(signal.dx == image.dx);
    CHECK(signal.gradients == image.gradients);
    CHECK(signal.gradients[0][0] == 5 + 14 + 27 + 4 + 15 + 30);
}

TEST_CASE("OnSignal: its shapes, and what it takes over") {
    static_assert(std::is_same_v<output_of<Pair1d, Shape<2, 5>>, Shape<1, 5>>);
    static_assert(multiply_adds<Pair1d, Shape<2, 5>> == 10);
    static_assert(reads<Pair1d> == Reads::x);
    static_assert(takes<Pair1d>.channels == 2);
    static_assert(cache_of<Pair1d, Shape<2, 5>>::extent == 5);
    CHECK(accepts<Pair1d, Shape<2, 3>>);
    CHECK(!accepts<Pair1d, Shape<2, 2>>);
    CHECK(!accepts<Pair1d, Shape<1, 3>>);
    CHECK(!accepts<Pair1d, Shape<2, 1, 3>>);
    CHECK(Pair1d::expected<Shape<2, 1, 3>>().view() == "a 2xL signal");
    CHECK(Pair1d::expected<Shape<1, 3>>().view() == "2 channels");
    CHECK(Pair1d::expected<Shape<2, 2>>().view() == "a signal of at least 3");

    float start_number = 0;
    start<Pair1d, Shape<2, 5>>(&start_number, static_cast<float*>(nullptr), 1);
    CHECK(start_number == 2);
}

static_assert(right_as_constant<Pair1d, Shape<2, 3>>);
