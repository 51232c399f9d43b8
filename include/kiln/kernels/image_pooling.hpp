// Pooling of one sample's image by windows of 2 x 2, side by side: neighbouring outputs in lanes.
//
//     x [C, H, W]    y [C, H / 2, W / 2], rounded down
#pragma once
#include "kiln/kernels/features.hpp"
#include "kiln/kernels/pooling.hpp"

namespace kiln::image_pooling {

template <pooling::Window w> inline constexpr bool is_2x2 =
    w.height == 2 && w.width == 2 && w.stride_height == 2 && w.stride_width == 2 && w.padding_height == 0 && w.padding_width == 0;

// The larger, or a NaN where either is one.
struct Larger {
    template <class R> static constexpr R of(const R& a, const R& b) { return select(b == b, select(a < b, b, a), b); }
    template <class R> static constexpr R last(const R& x) { return x; }
};
struct Mean {
    template <class R> static constexpr R of(const R& a, const R& b) { return a + b; }
    template <class R> static constexpr R last(const R& x) { return x * R(scalar<R>(0.25)); }
};

template <class Of, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW, class T>
void pool(View<Shape<C, H, W>, const T> x, View<Shape<C, OH, OW>, T> y) {
    using R = features::Register<T, OW>;
    constexpr std::size_t width = lane_count<R>;
    for (std::size_t c = 0; c < C; ++c)
        for (std::size_t r = 0; r < OH; ++r) {
            const T *const above = x.data + (c * H + 2 * r) * W, *const below = above + W;
            T* const to = y.data + (c * OH + r) * OW;
            for (std::size_t at = 0; at < OW; at += width) {
                const std::size_t q = std::min(at, OW - width);
                const R left = Of::of(load_lanes<R>(above + 2 * q), load_lanes<R>(below + 2 * q));
                const R right = Of::of(load_lanes<R>(above + 2 * q + width), load_lanes<R>(below + 2 * q + width));
                store_lanes<R>(to + q, Of::last(Of::of(features::every_second<0>(left, right), features::every_second<1>(left, right))));
            }
        }
}

}  // namespace kiln::image_pooling
