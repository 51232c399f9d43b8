// GlobalAvgPool: the mean of every channel    dx = dy / (H W)
//
//     x [C, H, W], or any [C, ...]    y [C]
//
// PyTorch's AdaptiveAvgPool2d(1), whose output is C x 1 x 1. Here it is C features: Linear may follow at once, and
// with a Flatten between the two, as PyTorch needs it, layers keep PyTorch's numbers.
#pragma once
#include "kiln/core/layer.hpp"

namespace kiln {

struct GlobalAvgPool {
    static constexpr Text name() { return "GlobalAvgPool"; }
    static constexpr Text expected() { return "channels of more than one number, such as a CxHxW image"; }
    template <class In> static constexpr bool accepts = In::rank >= 2;
    template <class In> using output_shape = Shape<first_axis<In>>;
    static constexpr Known keeps = channels_only;

    static constexpr Reads reads = Reads::nothing;

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t c = 0; c < tile.y.size; ++c) {
            const auto x = planes(tile.x).row(c);
            L total[4] = {L(0), L(0), L(0), L(0)};  // a sum waits four cycles for the one before
            for (std::size_t p = 0; p < x.size; ++p) total[p % 4] += x[p];
            tile.y[c] = ((total[0] + total[1]) + (total[2] + total[3])) * share<L, x.size>();
        }
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t c = 0; c < tile.dy.size; ++c) {
            const auto dx = planes(tile.dx).row(c);
            const L dy = tile.dy[c] * share<L, dx.size>();
            for (L& v : dx) v = dy;
        }
    }

private:
    template <class L, std::size_t Pixels> static constexpr L share() {
        return L(static_cast<scalar<L>>(1.0 / double(Pixels)));
    }
};

}  // namespace kiln
