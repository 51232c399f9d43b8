// Elementwise: what the activations share. Each is a function of one number, applied to every element:
//
//     y[i] = value(x[i])    dx[i] = gradient(x[i], dy[i])        where it reads x
//                           dx[i] = gradient(y[i], dy[i])        where it reads y: then y may overwrite x
//
//     x, y, dx, dy of any one shape
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/features.hpp"

namespace kiln {

template <class Activation, Reads what> struct Elementwise {
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr Known keeps = all_axes;

    static constexpr bool in_place = true;
    static constexpr Reads reads = what;

    static constexpr void forward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = Activation::value(tile.x[i]);
    }
    static constexpr void one_sample(auto tile) {
        features::transform<decltype(tile)::In::size>(tile.x.data, tile.y.data, [](const auto& x) { return Activation::value(x); });
    }
    static constexpr void backward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i)
            tile.dx[i] = Activation::gradient(reads_x(what) ? tile.x[i] : tile.y[i], tile.dy[i]);
    }
};

}  // namespace kiln
