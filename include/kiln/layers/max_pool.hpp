// MaxPool: the largest element of every window    dx = dy at the window's first largest element, 0 elsewhere
//
//     x [C, H, W]    y [C, (H + 2 Padding - Size) / Stride + 1, likewise W]    kept: the winner's place in its window
//
// Windows stand side by side unless a Stride is given; rows and columns that fill no window are dropped; padding is
// never the largest. Size, Stride and Padding are numbers, or Extent2{height, width}: PyTorch's MaxPool2d.
#pragma once
#include "kiln/layers/pool.hpp"

namespace kiln {

template <Extent2 Size, Extent2 Stride = Size, Extent2 Padding = 0>
    requires(detail::sound_pool<Size, Stride, Padding>())
struct MaxPool : Pool<Size, Stride, Padding> {
    static constexpr Text name() { return detail::pool_name("MaxPool", Size, Stride, Padding); }
    static constexpr bool takes_maxima = true;

    template <class In> using Cache = Arrays<typename Pool<Size, Stride, Padding>::template output_shape<In>>;

    static constexpr void forward(auto tile) {
        pooling::maximum<MaxPool::window>(tile.x, tile.y, std::get<0>(tile.kept));
    }
    static void one_sample(auto tile) requires(image_pooling::is_2x2<MaxPool::window>) { image_pooling::pool<image_pooling::Larger>(tile.x, tile.y); }
    static constexpr void backward(auto tile) {
        pooling::maximum_gradient<MaxPool::window>(as_const(std::get<0>(tile.kept)), tile.dy, tile.dx);
    }
};

}  // namespace kiln
