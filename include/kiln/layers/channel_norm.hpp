// ChannelNorm: what BatchNorm and GroupNorm share: they normalise channels, and scale and shift each by a number of its own.
//
//     x, y [Channels, ...], such as [C], [C, L] or [C, H, W]    weight, bias [Channels], or 1 and 0 where they are not learned
#pragma once
#include <type_traits>
#include "kiln/core/layer.hpp"
#include "kiln/kernels/features.hpp"
#include "kiln/kernels/normalise.hpp"
#include "kiln/layers/real.hpp"

namespace kiln {

template <std::size_t Channels, bool affine> struct ChannelNorm {
    static constexpr Text expected() { return text(Channels, Channels == 1 ? " channel" : " channels"); }
    template <class In> static constexpr bool accepts = In::rank > 0 && first_axis<In> == Channels;
    template <class In> using output_shape = In;
    static constexpr Known takes{.channels = Channels}, keeps = all_axes;

    using Parameters =
        std::conditional_t<affine, Arrays<Parameter<"weight", Shape<Channels>>, Parameter<"bias", Shape<Channels>>>, Arrays<>>;
    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::x;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&&) {
        if constexpr (affine) std::get<0>(parameters).fill(1);
    }

protected:
    template <class S, class L> static constexpr auto channel(View<S, L> numbers, std::size_t c) { return planes(numbers).row(c); }
    template <class Tile> static constexpr typename Tile::T weight(const Tile& tile, std::size_t c) {
        if constexpr (affine) return std::get<0>(tile.parameters)[c];
        else return 1;
    }
    template <class Tile> static constexpr typename Tile::T bias(const Tile& tile, std::size_t c) {
        if constexpr (affine) return std::get<1>(tile.parameters)[c];
        else return 0;
    }
};

}  // namespace kiln
