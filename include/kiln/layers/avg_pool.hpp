// AvgPool: the mean of every window    dx = the sum over its windows of dy / (Size x Size)
//
//     x [C, H, W]    y [C, (H + 2 Padding - Size) / Stride + 1, likewise W]
//
// Windows stand side by side unless a Stride is given; rows and columns that fill no window are dropped; padding
// counts as zeros, or with CountIncludePad::no not at all: a mean is then divided by the number of elements in the image.
// Size, Stride and Padding are numbers, or Extent2{height, width}: PyTorch's AvgPool2d.
//
//     AvgPool<2>    AvgPool<3, 2, 1>    AvgPool<3, 2, 1, CountIncludePad::no>
#pragma once
#include "kiln/layers/pool.hpp"

namespace kiln {

enum class CountIncludePad : bool { no, yes };

template <Extent2 Size, Extent2 Stride = Size, Extent2 Padding = 0, CountIncludePad Counted = CountIncludePad::yes>
    requires(detail::sound_pool<Size, Stride, Padding>())
struct AvgPool : Pool<Size, Stride, Padding, Counted == CountIncludePad::yes> {
    static constexpr Text name() {
        return detail::pool_name("AvgPool", Size, Stride, Padding, Counted == CountIncludePad::yes);
    }

    static constexpr void forward(auto tile) { pooling::mean<AvgPool::window>(tile.x, tile.y); }
    static void one_sample(auto tile) requires(image_pooling::is_2x2<AvgPool::window>) { image_pooling::pool<image_pooling::Mean>(tile.x, tile.y); }
    static constexpr void backward(auto tile) { pooling::mean_gradient<AvgPool::window>(tile.dy, tile.dx); }
};

}  // namespace kiln
