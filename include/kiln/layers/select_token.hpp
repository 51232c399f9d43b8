// SelectToken: one token of a sequence, such as the class token, SelectToken<0>.
//
//     x [T, F]    y [F]    y = x[Index]        dx[Index] = dy, 0 elsewhere
#pragma once
#include <algorithm>
#include "kiln/core/layer.hpp"

namespace kiln {

template <std::size_t Index>
struct SelectToken {
    static constexpr Text name() { return text("SelectToken<", Index, ">"); }
    static constexpr Text expected() { return text("at least ", Index + 1, Index == 0 ? " token" : " tokens"); }
    template <class In> static constexpr bool accepts = In::rank == 2 && Index < first_axis<In>;
    template <class In> using output_shape = row_shape<In>;
    static constexpr Known keeps{.features = 1};

    static constexpr Reads reads = Reads::nothing;

    static constexpr void forward(auto tile) { std::copy_n(tile.x.row(Index).data, tile.y.size, tile.y.data); }
    static constexpr void backward(auto tile) {
        tile.dx.fill(typename decltype(tile)::L(0));
        std::copy_n(tile.dy.data, tile.dy.size, tile.dx.row(Index).data);
    }
};

}  // namespace kiln
