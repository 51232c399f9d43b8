// AvgPool1d: the mean of every window    dx = the sum over its windows of dy / Size
//
//     x [C, L]    y [C, (L + 2 Padding - Size) / Stride + 1]
//
// As AvgPool, on a signal: PyTorch's AvgPool1d.
#pragma once
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/on_signal.hpp"

namespace kiln {

template <std::size_t Size, std::size_t Stride = Size, std::size_t Padding = 0,
          CountIncludePad Counted = CountIncludePad::yes>
struct AvgPool1d : OnSignal<AvgPool<Extent2{1, Size}, Extent2{1, Stride}, Extent2{0, Padding}, Counted>> {
    static constexpr Text name() {
        return detail::pool_name("AvgPool1d", Size, Stride, Padding, Counted == CountIncludePad::yes);
    }
    static constexpr Known keeps = channels_only;
};

}  // namespace kiln
