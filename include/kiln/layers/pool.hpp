// Pool: what MaxPool and AvgPool share: their windows' shape rule, PyTorch's.
//
//     x [C, H, W]    y [C, (H + 2 Padding - Size) / Stride + 1, likewise W], rounded down
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/pooling.hpp"
#include "kiln/layers/extent2.hpp"

namespace kiln {

namespace detail {
template <Extent2 Size, Extent2 Stride, Extent2 Padding> consteval bool sound_pool() {
    static_assert(Size.height > 0 && Size.width > 0, "a pool's window is at least 1x1");
    static_assert(Stride.height > 0 && Stride.width > 0, "a pool's stride is at least 1");
    static_assert(2 * Padding.height <= Size.height && 2 * Padding.width <= Size.width,
                  "a pool's padding is at most half of its window");
    return true;
}
}  // namespace detail

template <Extent2 Size, Extent2 Stride, Extent2 Padding> struct Pool {
    static constexpr pooling::Window window{Size.height,  Size.width,     Stride.height,
                                            Stride.width, Padding.height, Padding.width};

    // "<2>"; what is PyTorch's default is left out.
    static constexpr Text arguments() {
        Text t = text("<", extent_text(Size));
        if (Stride != Size || Padding != 0) t << "," << extent_text(Stride);
        if (Padding != 0) t << "," << extent_text(Padding);
        return text(t, ">");
    }
    template <class In> static constexpr Text expected() {
        if constexpr (In::rank != 3) return "a CxHxW image";
        else
            return text("an image of at least ", Size.height - 2 * Padding.height, "x", Size.width - 2 * Padding.width);
    }
    template <class In>
    static constexpr std::size_t output_height =
        pooling::output_extent(In::extents[1], Size.height, Stride.height, Padding.height);
    template <class In>
    static constexpr std::size_t output_width =
        pooling::output_extent(In::extents[2], Size.width, Stride.width, Padding.width);
    template <class In>
    static constexpr bool accepts = [] {
        if constexpr (In::rank != 3) return false;
        else return output_height<In> > 0 && output_width<In> > 0;
    }();
    template <class In> using output_shape = Shape<In::extents[0], output_height<In>, output_width<In>>;
    static constexpr Known keeps = channels_only;

    static constexpr Reads reads = Reads::nothing;
};

}  // namespace kiln
