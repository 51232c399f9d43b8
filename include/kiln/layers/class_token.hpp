// ClassToken: a learned token before all others, in which a Transformer gathers what it says of the whole sample.
//
//     x [T, Features]    W [1, Features]    y [T + 1, Features]    y[0] = W    y[t + 1] = x[t]
//     dx[t] = dy[t + 1]    dW += dy[0]
//
// A. Dosovitskiy et al.: An image is worth 16x16 words, 2021.
#pragma once
#include <algorithm>
#include "kiln/core/layer.hpp"

namespace kiln {

namespace detail {
template <std::size_t Features> consteval bool sound_class_token() {
    static_assert(Features > 0, "ClassToken: it needs at least one feature");
    return true;
}
}  // namespace detail

template <std::size_t Features>
    requires(detail::sound_class_token<Features>())
struct ClassToken {
    static constexpr Text name() { return text("ClassToken<", Features, ">"); }
    static constexpr Text expected() { return text("Tx", Features, " tokens"); }
    template <class In> static constexpr bool accepts = In::rank == 2 && last_axis<In> == Features;
    template <class In> using output_shape = Shape<first_axis<In> + 1, Features>;
    static constexpr Known takes{.features = Features}, gives{.features = Features};

    using Parameters = Arrays<Parameter<"class_token", Shape<1, Features>>>;
    static constexpr Reads reads = Reads::nothing;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) { draw.normal(std::get<0>(parameters), 0, 0.02); }

    static constexpr void forward(auto tile) {
        const auto [token] = tile.parameters;
        for (std::size_t f = 0; f < Features; ++f) tile.y[f] = typename decltype(tile)::L(token[f]);
        std::copy_n(tile.x.data, tile.x.size, tile.y.data + Features);
    }
    static constexpr void backward(auto tile) {
        const auto [dtoken] = tile.gradient;
        if constexpr (tile.wants_gradient)
            for (std::size_t f = 0; f < Features; ++f) dtoken[f] += sum(tile.dy[f]);
        if constexpr (tile.wants_dx) std::copy_n(tile.dy.data + Features, tile.dx.size, tile.dx.data);
    }
};

}  // namespace kiln
