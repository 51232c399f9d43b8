#include <doctest/doctest.h>
#include <numeric>
#include <vector>
#include "kiln/core/tile.hpp"

using namespace kiln;

namespace {
using In = Shape<2, 2>;
struct Layer {
    static constexpr Text name() { return "Layer"; }
    template <class> static constexpr bool accepts = true;
    template <class> using output_shape = Shape<3>;
    using Parameters = Arrays<Parameter<"weight", Shape<3, 4>>, Parameter<"bias", Shape<3>>>;
    using Buffers = Arrays<Parameter<"mean", Shape<5>>>;
    using Cache = Arrays<Shape<2>, Shape<3>>;
    using Scratch = Arrays<Shape<6>>;
};
using L = Lanes<float, 4>;

// Two tiles of 60 packs, of shards 0 and 1, and a layer somewhere in them.
struct Fixture {
    std::vector<L> memory = std::vector<L>(120);
    std::vector<float> parameters = std::vector<float>(100), buffers = std::vector<float>(50), gradients = std::vector<float>(200), board = std::vector<float>(2 * 2 * board_width);
    Step<float> step{.seed = 1, .number = 2, .cut = {.samples = 7, .tiles = 2, .shards = 2}, .buffers = buffers.data(), .gradients = gradients.data(),
                     .gradient_extent = 100, .board = board.data()};
    std::vector<TileInfo<L>> tiles{{0, 0, true, L(1)}, {4, 1, false, from_lanes<L>({1, 1, 1, 0})}};
    Group<L> group{memory.data(), 60, 2, tiles.data(), &step};
    Place<float> at{.x = 1, .y = 7, .dx = 11, .dy = 17, .kept = 20, .scratch = 30, .parameters = parameters.data() + 16, .buffers = buffers.data() + 3, .gradient = 16, .instance = 9};
};
}  // namespace

TEST_CASE("tile: forward gets views of its own tile and of the model") {
    Fixture f;
    for (const std::size_t t : {0U, 1U}) {
        const ForwardTile<Layer, In, L> tile{f.group, f.at, t};
        const L* const base = f.memory.data() + 60 * t;
        CHECK(tile.x.data == base + 1);
        CHECK(std::is_same_v<decltype(tile.x), View<In, const L>>);
        CHECK(tile.y.data == base + 7);
        CHECK(std::is_same_v<decltype(tile.y), View<Shape<3>, L>>);
        const auto [a, b] = tile.kept;
        CHECK(a.data == base + 20);
        CHECK(b.data == base + 22);
        CHECK(std::get<0>(tile.scratch).data == base + 30);
        const auto [weight, bias] = tile.parameters;
        CHECK(weight.data == f.parameters.data() + 16);
        CHECK(bias.data == f.parameters.data() + 32);
        CHECK(std::is_same_v<decltype(weight), const View<Shape<3, 4>, const float>>);
        CHECK(std::get<0>(tile.buffers).data == f.buffers.data() + 3);
        CHECK(to_lanes(tile.alive())[3] == (t == 0 ? 1 : 0));
        CHECK(to_lanes(tile.random()[5]) == to_lanes(f.group.random(t, 9)[5]));
    }
}

TEST_CASE("tile: backward adds to its shard's gradient, where there is one") {
    Fixture f;
    for (const std::size_t t : {0U, 1U}) {
        const BackwardTile<Layer, In, L, true, true> tile{f.group, f.at, t};
        const L* const base = f.memory.data() + 60 * t;
        CHECK(tile.x.data == base + 1);
        CHECK(tile.y.data == base + 7);
        CHECK(tile.dx.data == base + 11);
        CHECK(tile.dy.data == base + 17);
        CHECK(std::is_same_v<decltype(tile.dx), View<In, L>>);
        CHECK(std::is_same_v<decltype(tile.dy), View<Shape<3>, const L>>);
        const auto [dweight, dbias] = tile.gradient;
        CHECK(dweight.data == f.gradients.data() + 100 * t + 16);
        CHECK(dbias.data == f.gradients.data() + 100 * t + 32);
        CHECK(tile.first_of_shard() == (t == 0));
        static_assert(tile.wants_gradient && tile.wants_dx);
    }
    f.step.gradients = nullptr;  // as where the layer is frozen
    const BackwardTile<Layer, In, L, false, true> frozen{f.group, f.at, 1};
    CHECK(std::get<0>(frozen.gradient).data == nullptr);
    static_assert(!frozen.wants_gradient);
}

TEST_CASE("tile: a batch has all tiles of the thread, their totals, and the buffers to update") {
    Fixture f;
    f.memory.assign(120, L(0));
    for (std::size_t t : {0U, 1U}) f.memory[60 * t + 1] = from_lanes<L>({1, 2, 3, 4});
    const TileBatch<Layer, In, L, ForwardTile<Layer, In, L>> batch{f.group, f.at};
    CHECK(batch.samples() == 7);
    std::size_t seen = 0;
    batch.for_each_tile([&](auto tile) { CHECK(tile.index == seen++); });
    CHECK(seen == 2);
    std::array<float, 2> totals{};
    batch.total(totals, [](auto tile, auto& sums) {
        sums[0] += tile.alive() * tile.x[0];
        sums[1] += tile.alive();
    });
    CHECK(totals[0] == 16);
    CHECK(totals[1] == 7);
    batch.update_buffers([](auto mean) { mean.fill(3); });
    CHECK(std::accumulate(f.buffers.begin(), f.buffers.end(), 0.0F) == 15);
    CHECK(f.buffers[3] == 3);
    f.step.team.thread = 1;
    batch.update_buffers([](auto mean) { mean.fill(4); });
    CHECK(f.buffers[3] == 3);  // one thread does it
}
