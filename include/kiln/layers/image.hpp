// TakesImage: the shape rule of a layer that takes a CxHxW image no smaller than Smallest, of so many channels or, where
// that is 0, of any.
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/layers/extent2.hpp"

namespace kiln {

template <std::size_t Channels, Extent2 Smallest> struct TakesImage {
    static constexpr Extent2 smallest = Smallest;
    static constexpr Known takes{.channels = Channels};

    template <class In>
    static constexpr bool accepts = [] {
        if constexpr (In::rank != 3) return false;
        else
            return (Channels == 0 || In::extents[0] == Channels) && In::extents[1] >= Smallest.height &&
                   In::extents[2] >= Smallest.width;
    }();
    template <class In> static constexpr Text expected() {
        if constexpr (In::rank != 3) return text("a ", Channels == 0 ? Text{"C"} : text(Channels), "xHxW image");
        else if constexpr (Channels != 0 && In::extents[0] != Channels)
            return text(Channels, Channels == 1 ? " channel" : " channels");
        else return text("an image of at least ", Smallest.height, "x", Smallest.width);
    }
};

}  // namespace kiln
