// RepeatChannels: its input's channels several times over: y[k] = x[k mod C]    dx[c] = sum over times t of dy[t C + c]
//
//     x [C, H, W], or any [C, ...]    y [Times C, H, W], or [Times C, ...]
//
// PyTorch's x.repeat(1, Times, 1, 1): how a shortcut says that it copies its input to more channels.
#pragma once
#include <algorithm>
#include "kiln/core/layer.hpp"

namespace kiln {

namespace detail {
template <std::size_t Times> consteval bool sound_repeat() {
    static_assert(Times > 0, "RepeatChannels: the channels are there at least once");
    return true;
}
template <std::size_t Times, std::size_t Channels, std::size_t... Rest>
Shape<Times * Channels, Rest...> repeated(Shape<Channels, Rest...>);
}  // namespace detail

template <std::size_t Times>
    requires(detail::sound_repeat<Times>())
struct RepeatChannels {
    static constexpr Text name() { return text("RepeatChannels<", Times, ">"); }
    static constexpr Text expected() { return "an array of at least one axis"; }
    template <class In> static constexpr bool accepts = In::rank > 0;
    template <class In> using output_shape = decltype(detail::repeated<Times>(In{}));
    static constexpr Known keeps{.channels = Times};

    static constexpr Reads reads = Reads::nothing;

    static constexpr void forward(auto tile) {
        for (std::size_t t = 0; t < Times; ++t) std::copy_n(tile.x.data, tile.x.size, tile.y.data + t * tile.x.size);
    }
    static constexpr void backward(auto tile) {
        for (std::size_t i = 0; i < tile.dx.size; ++i) {
            auto total = tile.dy[i];
            for (std::size_t t = 1; t < Times; ++t) total += tile.dy[t * tile.dx.size + i];
            tile.dx[i] = total;
        }
    }
};

}  // namespace kiln
