// ToTokens: every pixel of an image becomes a token, its channels the token's features.
//
//     x [C, H, W]    y [H W, C]    y[r W + q][c] = x[c][r][q]        dx likewise: PyTorch's flatten(2).transpose(1, 2)
#pragma once
#include "kiln/layers/image.hpp"

namespace kiln {

struct ToTokens : TakesImage<0, 1> {
    static constexpr Text name() { return "ToTokens"; }
    template <class In> using output_shape = Shape<In::size / first_axis<In>, first_axis<In>>;

    static constexpr Reads reads = Reads::nothing;

    static constexpr void forward(auto tile) {
        const auto x = planes(tile.x);
        for (std::size_t t = 0; t < tile.y.rows; ++t)
            for (std::size_t c = 0; c < x.rows; ++c) tile.y(t, c) = x(c, t);
    }
    static constexpr void backward(auto tile) {
        const auto dx = planes(tile.dx);
        for (std::size_t c = 0; c < dx.rows; ++c)
            for (std::size_t t = 0; t < tile.dy.rows; ++t) dx(c, t) = tile.dy(t, c);
    }
};

}  // namespace kiln
