// Runs a network forward over samples, tile by tile, on as many threads as pay; allocates nothing after a thread's first
// call. What it gives is the same for any number of threads.
#pragma once
#include <numeric>
#include <span>
#include "kiln/core/workspace.hpp"
#include "kiln/data/rows.hpp"

namespace kiln {

namespace detail {
// A thread's own memory for one use, which lives as long as the thread.
template <class L, class Use = void> L* thread_workspace(std::size_t extent) {
    thread_local AlignedVector<L> memory;
    if (memory.size() < extent) memory.resize(extent);
    return memory.data();
}
}  // namespace detail

// Calls consume(which, y) for tiles [begin, end) of a source, in memory for tile_extent lane vectors: the indices of a tile's samples, at
// most lane_count<L>, and the network's outputs View<Out, L>, which it may overwrite.
template <class Net, class In, class L>
void infer_tiles(L* memory, const scalar<L>* parameters, const scalar<L>* buffers, const auto& source, std::size_t begin, std::size_t end, auto&& consume) {
    constexpr std::size_t width = lane_count<L>;
    const auto at = root_place<Net, In, Mode::inference, scalar<L>>(parameters, buffers);
    std::array<SampleIndex, width> which;
    for (std::size_t t = begin; t < end; ++t) {
        const std::size_t live = std::min(width, source.size() - t * width);
        std::iota(which.begin(), which.end(), static_cast<SampleIndex>(t * width));
        const std::span<const SampleIndex> samples{which.data(), live};
        source.load_inputs(samples, memory + at.x);
        const TileInfo<L> info{};
        forward<Net, In, Mode::inference>(Group<L>{memory, tile_extent<Net, In, Mode::inference>, 1, &info, nullptr}, at);
        consume(samples, View<output_of<Net, In>, L>{memory + at.y});
    }
}
// All of them, in any order, and on several threads.
template <class Net, class In, class L>
void infer(const scalar<L>* parameters, const scalar<L>* buffers, const auto& source, std::size_t threads, auto&& consume) {
    const std::size_t tiles = (source.size() + lane_count<L> - 1) / lane_count<L>;
    const auto run = [&](const Team& team) {
        L* const memory = detail::thread_workspace<L>(tile_extent<Net, In, Mode::inference>);
        infer_tiles<Net, In>(memory, parameters, buffers, source, team.begin(tiles), team.end(tiles), consume);
    };
    if (threads <= 1 || tiles <= 1) run(Team{});
    else parallel(std::min(threads, tiles), run);
}

}  // namespace kiln
