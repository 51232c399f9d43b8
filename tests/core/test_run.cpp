#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/core/run.hpp"

using namespace kiln;

namespace {
using In = Shape<1>;
struct Base {
    static constexpr Text name() { return "Base"; }
    template <class> static constexpr bool accepts = true;
    template <class I> using output_shape = I;
};
// y = s x; at inference -s x.
struct Scale : Base {
    using Parameters = Arrays<Parameter<"s", Shape<1>>>;
    static void forward(auto tile) { tile.y[0] = std::get<0>(tile.parameters)[0] * tile.x[0]; }
    static void infer(auto tile) { tile.y[0] = -std::get<0>(tile.parameters)[0] * tile.x[0]; }
    static void backward(auto tile) {
        if constexpr (tile.wants_gradient) std::get<0>(tile.gradient)[0] += tile.x[0] * tile.dy[0];
        if constexpr (tile.wants_dx) tile.dx[0] = std::get<0>(tile.parameters)[0] * tile.dy[0];
    }
    static void infer_backward(auto tile) {
        static_assert(!tile.wants_gradient);
        if constexpr (tile.wants_dx) tile.dx[0] = -std::get<0>(tile.parameters)[0] * tile.dy[0];
    }
};
struct Writes : Scale {
    static constexpr bool overwrites_gradient = true;
    static void backward(auto tile) {
        const auto [ds] = tile.gradient;
        ds[0] = (tile.first_of_shard() ? 0 : ds[0]) + tile.x[0] * tile.dy[0];
    }
};
// Without an infer of its own.
struct Negate : Base {
    static void forward(auto tile) { tile.y[0] = -tile.x[0]; }
    static void backward(auto tile) {
        static_assert(!tile.wants_gradient && tile.wants_dx);
        tile.dx[0] = -tile.dy[0];
    }
};
struct Counts : Base {
    static constexpr bool mixes_samples = true;
    static void forward(auto batch) { batch.for_each_tile([&](auto tile) { tile.y[0] = static_cast<double>(batch.group.count); }); }
    static void infer(auto tile) { tile.y[0] = -1; }
    static void backward(auto batch) { batch.for_each_tile([&](auto tile) { tile.dx[0] = static_cast<double>(batch.group.count); }); }
};

// Three samples of one lane: two of shard 0, one of shard 1. Of every tile: x, y, dx, dy.
struct Fixture {
    std::vector<double> memory{2, 0, 0, 10, 3, 0, 0, 20, 5, 0, 0, 40};
    std::vector<double> parameters = std::vector<double>(16), gradients = std::vector<double>(32, std::numeric_limits<double>::quiet_NaN());
    Step<double> step{.cut = {.samples = 3, .tiles = 3, .shards = 2}, .gradients = gradients.data(), .gradient_extent = 16};
    std::vector<TileInfo<double>> tiles{{0, 0, true, 1}, {1, 0, false, 1}, {2, 1, true, 1}};
    Group<double> group{memory.data(), 4, 3, tiles.data(), &step};
    Place<double> at{.x = 0, .y = 1, .dx = 2, .dy = 3, .parameters = parameters.data()};

    Fixture() { parameters[0] = 7; }
    std::vector<double> all(std::size_t place) const { return {memory[place], memory[4 + place], memory[8 + place]}; }
};
using Numbers = std::vector<double>;
}  // namespace

TEST_CASE("run: forward trains, and infers in the other modes where a layer says how") {
    Fixture f;
    forward<Scale, In, Mode::training>(f.group, f.at);
    CHECK(f.all(1) == Numbers{14, 21, 35});
    forward<Scale, In, Mode::inference>(f.group, f.at);
    CHECK(f.all(1) == Numbers{-14, -21, -35});
    forward<Scale, In, Mode::training>(f.group, f.at);
    forward<Scale, In, Mode::frozen>(f.group, f.at);
    CHECK(f.all(1) == Numbers{-14, -21, -35});
    forward<Negate, In, Mode::inference>(f.group, f.at);
    CHECK(f.all(1) == Numbers{-2, -3, -5});
    f.memory = {2, 0, 0, 10, 3, 0, 0, 20, 5, 0, 0, 40};
    forward<Negate, In, Mode::training>(f.group.one(1), f.at);
    CHECK(f.all(1) == Numbers{0, -3, 0});
}

TEST_CASE("run: backward starts a shard's gradient at zero and adds the others, whatever was there") {
    Fixture f;
    backward<Scale, In, Mode::training, true>(f.group, f.at);
    CHECK(f.all(2) == Numbers{70, 140, 280});
    CHECK(f.gradients[0] == 80);
    CHECK(f.gradients[16] == 200);
    CHECK(f.gradients[15] == 0);  // the padding is cleared with it
    Fixture g;
    backward<Writes, In, Mode::training, false>(g.group, g.at);
    CHECK(g.gradients[0] == 80);
    CHECK(g.gradients[16] == 200);
    CHECK(std::isnan(g.gradients[15]));  // the layer writes it: nobody clears it
    CHECK(g.all(2) == Numbers{0, 0, 0});
}

TEST_CASE("run: frozen, there is no gradient but dx, and nothing at all where that is not wanted") {
    Fixture f;
    f.step.gradients = nullptr;
    backward<Scale, In, Mode::frozen, true>(f.group, f.at);
    CHECK(f.all(2) == Numbers{-70, -140, -280});
    backward<Negate, In, Mode::frozen, true>(f.group, f.at);
    CHECK(f.all(2) == Numbers{-10, -20, -40});
    backward<Scale, In, Mode::frozen, false>(f.group, f.at);
    backward<Negate, In, Mode::training, false>(f.group, f.at);
    CHECK(f.all(2) == Numbers{-10, -20, -40});
}

TEST_CASE("run: a layer that mixes samples gets all tiles at once in training, one at a time else") {
    Fixture f;
    forward<Counts, In, Mode::training>(f.group, f.at);
    CHECK(f.all(1) == Numbers{3, 3, 3});
    backward<Counts, In, Mode::training, true>(f.group, f.at);
    CHECK(f.all(2) == Numbers{3, 3, 3});
    forward<Counts, In, Mode::inference>(f.group, f.at);
    CHECK(f.all(1) == Numbers{-1, -1, -1});
    Group<double> none = f.group;
    none.count = 0;  // a thread without tiles
    forward<Counts, In, Mode::training>(none, f.at);
    CHECK(f.all(1) == Numbers{-1, -1, -1});
}
