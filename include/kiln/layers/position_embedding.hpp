// PositionEmbedding: a learned row of numbers is added to the token at each position, which tells them apart.
//
//     x, y [Tokens, Features]    W [Tokens, Features]    y = x + W        dx = dy    dW += dy
#pragma once
#include <algorithm>
#include "kiln/core/layer.hpp"

namespace kiln {

namespace detail {
template <std::size_t Tokens, std::size_t Features> consteval bool sound_positions() {
    static_assert(Tokens > 0 && Features > 0, "PositionEmbedding: it needs at least one token and one feature");
    return true;
}
}  // namespace detail

template <std::size_t Tokens, std::size_t Features>
    requires(detail::sound_positions<Tokens, Features>())
struct PositionEmbedding {
    static constexpr Text name() { return text("PositionEmbedding<", Tokens, ",", Features, ">"); }
    static constexpr Text expected() { return text(Tokens, "x", Features, " tokens"); }
    template <class In> static constexpr bool accepts = std::is_same_v<In, Shape<Tokens, Features>>;
    template <class In> using output_shape = In;
    static constexpr Known takes{.features = Features}, keeps = all_axes;

    using Parameters = Arrays<Parameter<"weight", Shape<Tokens, Features>>>;
    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::nothing;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) { draw.normal(std::get<0>(parameters), 0, 0.02); }

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        const auto [weight] = tile.parameters;
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] + L(weight[i]);
    }
    static constexpr void backward(auto tile) {
        const auto [dweight] = tile.gradient;
        if constexpr (tile.wants_gradient)
            for (std::size_t i = 0; i < tile.dy.size; ++i) dweight[i] += sum(tile.dy[i]);
        if constexpr (tile.wants_dx)
            if (tile.dx.data != tile.dy.data) std::copy_n(tile.dy.data, tile.dx.size, tile.dx.data);
    }
};

}  // namespace kiln
