// MaxPool1d: the largest element of every window    dx = dy at the window's first largest element, 0 elsewhere
//
//     x [C, L]    y [C, (L + 2 Padding - Size) / Stride + 1]    kept: the winner's place in its window
//
// As MaxPool, on a signal: PyTorch's MaxPool1d.
#pragma once
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/on_signal.hpp"

namespace kiln {

template <std::size_t Size, std::size_t Stride = Size, std::size_t Padding = 0>
struct MaxPool1d : OnSignal<MaxPool<Extent2{1, Size}, Extent2{1, Stride}, Extent2{0, Padding}>> {
    static constexpr Text name() { return detail::pool_name("MaxPool1d", Size, Stride, Padding); }
    static constexpr Known keeps = channels_only;
};

}  // namespace kiln
