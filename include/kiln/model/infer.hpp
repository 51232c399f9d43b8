// Runs a network forward over samples, tile by tile, on as many threads as pay; allocates nothing after a thread's first
// call. What it gives is the same for any number of threads.
#pragma once
#include <numeric>
#include <span>
#include "kiln/core/transpose.hpp"
#include "kiln/core/workspace.hpp"
#include "kiln/data/samples.hpp"

namespace kiln {

// Samples that lie one after another in memory, with targets where there are any: what a user's tensors are to the engine.
template <class In, class Target, class T> struct Rows {
    const T* inputs;
    std::size_t count;
    const T* targets = nullptr;

    std::size_t size() const { return count; }
    template <class L> void load_inputs(std::span<const SampleIndex> which, L* tile) const { load<In>(inputs, which, tile); }
    template <class L> void load_targets(std::span<const SampleIndex> which, L* tile) const { load<Target>(targets, which, tile); }

private:
    template <class S, class L> static void load(const T* values, std::span<const SampleIndex> which, L* tile) {
        constexpr scalar<L> one(1), zero(0);
        load_rows<L>(for_each_lane<lane_count<L>>(which, [&](SampleIndex i) { return values + i * S::size; }), S::size, 1, &one, &zero, tile);
    }
};

namespace detail {
// A thread's own memory for one use, which lives as long as the thread.
template <class L, class Use = void> L* thread_workspace(std::size_t extent) {
    thread_local AlignedVector<L> memory;
    if (memory.size() < extent) memory.resize(extent);
    return memory.data();
}
}  // namespace detail

// Calls consume(which, y) for every tile: the indices of its samples, at most lane_count<L>, and the network's outputs
// View<Out, L>, which it may overwrite. Tiles come in any order, and on several threads.
template <class Net, class In, class L>
void infer(const scalar<L>* parameters, const scalar<L>* buffers, const auto& source, std::size_t threads, auto&& consume) {
    using T = scalar<L>;
    constexpr std::size_t width = lane_count<L>, extent = tile_extent<Net, In, Mode::inference>;
    const std::size_t tiles = (source.size() + width - 1) / width;
    const auto run = [&](const Team& team) {
        L* const memory = detail::thread_workspace<L>(extent);
        const auto at = root_place<Net, In, Mode::inference, T>(parameters, buffers);
        std::array<SampleIndex, width> which;
        for (std::size_t t = team.begin(tiles); t < team.end(tiles); ++t) {
            const std::size_t live = std::min(width, source.size() - t * width);
            std::iota(which.begin(), which.end(), static_cast<SampleIndex>(t * width));
            const std::span<const SampleIndex> samples{which.data(), live};
            source.load_inputs(samples, memory + at.x);
            const TileInfo<L> info{};
            forward<Net, In, Mode::inference>(Group<L>{memory, extent, 1, &info, nullptr}, at);
            consume(samples, View<output_of<Net, In>, L>{memory + at.y});
        }
    };
    if (threads <= 1 || tiles <= 1) run(Team{});
    else parallel(std::min(threads, tiles), run);
}

}  // namespace kiln
