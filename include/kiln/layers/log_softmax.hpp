// LogSoftmax: the logarithm of a distribution along the last axis, for every row of it by itself. For the loss NLL.
//
//     x, y [..., Classes]    y[k] = x[k] - m - log(sum over j of exp(x[j] - m)),  m = max over j of x[j]
//     dx[k] = dy[k] - exp(y[k]) sum over j of dy[j]
#pragma once
#include "kiln/core/layer.hpp"

namespace kiln {

struct LogSoftmax {
    static constexpr Text name() { return "LogSoftmax"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr Known keeps = all_axes;

    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::y;

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t r = 0; r < rows(tile.x).rows; ++r) {
            const auto x = rows(tile.x).row(r);
            const auto y = rows(tile.y).row(r);
            L largest = x[0], total(0);
            for (const L& v : x) largest = max(largest, v);
            for (std::size_t k = 0; k < x.size; ++k) total += exp(y[k] = x[k] - largest);
            const L norm = log(total);
            for (L& v : y) v -= norm;
        }
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t r = 0; r < rows(tile.y).rows; ++r) {
            const auto y = rows(tile.y).row(r), dy = rows(tile.dy).row(r);
            const auto dx = rows(tile.dx).row(r);
            L total(0);
            for (const L& v : dy) total += v;
            for (std::size_t k = 0; k < y.size; ++k) dx[k] = fma(-exp(y[k]), total, dy[k]);
        }
    }
};

}  // namespace kiln
