// The workspace of a tile: where a network's arrays lie in it, and how many samples it holds.
#pragma once
#include "kiln/core/run.hpp"
#include "kiln/core/storage.hpp"

namespace kiln {

// Where a network's arrays lie in the workspace of one tile, in lane vectors: [x | y | dx | dy | kept | scratch], and in
// inference [x | y | kept | scratch].
template <class Net, class In, Mode mode>
inline constexpr auto tile_layout = [] {
    using Out = output_of<Net, In>;
    constexpr bool backward = goes_back(mode);
    return Arrays<Shape<room<mode>(In::size)>, Shape<room<mode>(Out::size)>, Shape<backward ? In::size : 0>, Shape<backward ? Out::size : 0>,
                  Shape<workspace<Net, In, mode>.kept>, Shape<workspace<Net, In, mode>.scratch>>::offsets;
}();

// Lane vectors in all.
template <class Net, class In, Mode mode> inline constexpr std::size_t tile_extent = tile_layout<Net, In, mode>[6];

template <class Net, class In, Mode mode, class T>
constexpr Place<T> root_place(const T* parameters, const T* buffers) {
    constexpr auto& o = tile_layout<Net, In, mode>;
    return {.x = o[0], .y = o[1], .dx = o[2], .dy = o[3], .kept = o[4], .scratch = o[5],
            .parameters = parameters, .buffers = buffers, .gradient = 0, .instance = 0};
}

// How many samples a tile holds. Where registers are few (and a multiply-add cannot broadcast) several registers a pack save
// loads for a weight that meets one row only, and a tile reads every weight and writes its gradient once, so that large
// weights want wide tiles; but the workspace of a deep network should stay in a core's caches. Measured on Zen 3 (AVX2),
// percent of the peak with 8 and 16 lanes, and the tile of 16: LeNet-5 77, 78; LeNet with sigmoid at batch 10 38, 40 (574 KB); CNN
// 70, 69 (675 KB); GRU 69, 73 (860 KB); LeNet with tanh 71, 71, and where others use the L3 as well 54, 59 (1540 KB); ResNet block 60, 59
// (2894 KB); ViT 68, 64 (16 MB). With 8, 16 and 32: MLP 784-512-10 at batch 64 55, 62, 65; MLP 784-128-64-10 at batch 100 52, 72, 72.
template <class Net, class In, class T>
inline constexpr std::size_t tile_width = [] {
    constexpr std::size_t native = native_width<T>, bytes = sizeof(T) * (tile_extent<Net, In, Mode::training> - In::size);  // of a sample; no dx of the input
    if (register_count >= 32 || native == 1) return native;
    for (const std::size_t registers : {parameters_of<Net, In>::extent > (1U << 17) ? 4U : 2U, 2U})
        if (registers * native * bytes <= 2 * 1024 * 1024) return registers * native;
    return native;
}();

}  // namespace kiln
