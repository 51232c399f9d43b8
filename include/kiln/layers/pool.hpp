// Pool: what MaxPool and AvgPool share: their windows' shape rule, PyTorch's.
//
//     x [C, H, W]    y [C, (H + 2 Padding - Size) / Stride + 1, likewise W], rounded down
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/image_pooling.hpp"
#include "kiln/kernels/pooling.hpp"
#include "kiln/layers/image.hpp"

namespace kiln {

namespace detail {
template <Extent2 Size, Extent2 Stride, Extent2 Padding> consteval bool sound_pool() {
    static_assert(Size.height > 0 && Size.width > 0, "a pool's window is at least 1x1");
    constexpr bool has_window = Size.height > 0 && Size.width > 0;
    static_assert(!has_window || (Stride.height > 0 && Stride.width > 0), "a pool's stride is at least 1");
    static_assert(!has_window || (2 * Padding.height <= Size.height && 2 * Padding.width <= Size.width),
                  "a pool's padding is at most half of its window");
    return true;
}

// "MaxPool<2>"; what is PyTorch's default is left out.
constexpr Text pool_name(const char* layer, Extent2 size, Extent2 stride, Extent2 padding, bool counts_padding = true) {
    Text t = text(layer, "<", extent_text(size));
    if (stride != size || padding != 0) t << "," << extent_text(stride);
    if (padding != 0) t << "," << extent_text(padding);
    if (!counts_padding) t << " not counted";
    return text(t, ">");
}
}  // namespace detail

template <Extent2 Size, Extent2 Stride, Extent2 Padding, bool counts_padding = true>
struct Pool : TakesImage<0, Extent2{Size.height - 2 * Padding.height, Size.width - 2 * Padding.width}> {
    static constexpr pooling::Window window{Size.height,    Size.width,    Stride.height, Stride.width,
                                            Padding.height, Padding.width, counts_padding};

    template <class In>
    using output_shape =
        Shape<In::extents[0], pooling::output_extent(In::extents[1], Size.height, Stride.height, Padding.height),
              pooling::output_extent(In::extents[2], Size.width, Stride.width, Padding.width)>;
    static constexpr Known keeps = channels_only;

    static constexpr Reads reads = Reads::nothing;
};

}  // namespace kiln
