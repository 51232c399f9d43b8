// OnSignal: a layer of signals that is a layer of images of height 1: Conv1d, MaxPool1d, AvgPool1d.
//
//     x [C, L], to the layer of images [C, 1, L]    y [C', L'], from it [C', 1, L']
//
// Arrays lie in memory as they do for the layer of images: it is handed the same tile.
#pragma once
#include "kiln/core/tile.hpp"

namespace kiln {

template <class OfImages> struct OnSignal {
    template <class In> using Image = Shape<In::extents[0], 1, In::extents[1]>;

    static constexpr Known takes = kiln::takes<OfImages>;
    template <class In>
    static constexpr bool accepts = [] {
        if constexpr (In::rank != 2) return false;
        else return OfImages::template accepts<Image<In>>;
    }();
    template <class In> static constexpr Text expected() {
        if constexpr (In::rank != 2)
            return text("a ", takes.channels == 0 ? Text{"C"} : text(takes.channels), "xL signal");
        else if constexpr (takes.channels != 0 && In::extents[0] != takes.channels)
            return OfImages::template expected<Image<In>>();
        else return text("a signal of at least ", OfImages::smallest.width);
    }
    template <class In>
    using output_shape = Shape<output_of<OfImages, Image<In>>::extents[0], output_of<OfImages, Image<In>>::extents[2]>;

    template <class In> using Cache = cache_of<OfImages, Image<In>>;
    template <class In> using Scratch = scratch_of<OfImages, Image<In>>;
    static constexpr Reads reads = kiln::reads<OfImages>;
    static constexpr bool overwrites_gradient = kiln::overwrites_gradient<OfImages>;
    static constexpr bool skips_dx = kiln::skips_dx<OfImages>;
    static constexpr bool takes_maxima = kiln::takes_maxima<OfImages>;

    static constexpr void init(auto parameters, auto&& draw) requires(requires { OfImages::init(parameters, draw); }) {
        OfImages::init(parameters, draw);
    }
    template <class Layer, class In, class L> static constexpr void forward(ForwardTile<Layer, In, L> tile) {
        OfImages::forward(ForwardTile<OfImages, Image<In>, L>{tile.group, tile.at, tile.index});
    }
    template <class Layer, class In, class L, bool WantsGradient, bool WantsDx>
    static constexpr void backward(BackwardTile<Layer, In, L, WantsGradient, WantsDx> tile) {
        OfImages::backward(
            BackwardTile<OfImages, Image<In>, L, WantsGradient, WantsDx>{tile.group, tile.at, tile.index});
    }

    template <class In> static constexpr std::size_t multiply_adds = kiln::multiply_adds<OfImages, Image<In>>;
    template <class In, class L>
        requires requires { OfImages::template plan<Image<In>, L>(); }
    static constexpr Text plan() { return OfImages::template plan<Image<In>, L>(); }
};

}  // namespace kiln
