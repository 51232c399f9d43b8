// Layers that move the numbers of images, in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/layers/repeat_channels.hpp"
#include "kiln/layers/to_tokens.hpp"
#include "kiln/layers/upsample.hpp"

namespace kiln {

namespace source {
inline constexpr Function nearest{"nearest", R"(
// Every pixel of x [Channels][Height][Width] SH x SW times
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t SH, std::size_t SW>
constexpr void nearest(const float* __restrict x, float* __restrict y) {
    for (std::size_t r = 0; r < Channels * Height * SH; ++r)
        for (std::size_t q = 0; q < Width * SW; ++q) y[r * Width * SW + q] = x[r / SH * Width + q / SW];
}
)"};
inline constexpr Function bilinear{"bilinear", R"(
// Between which two pixels a pixel lies, and how far from the first.
struct Between {
    std::size_t at, next;
    float rest;
};
constexpr Between between(std::size_t pixel, std::size_t scale, std::size_t inputs) {
    const std::size_t place = (2 * pixel + 1 < scale ? scale : 2 * pixel + 1) - scale, at = place / (2 * scale);  // in steps of 1 / (2 scale)
    return {at, at + 1 < inputs ? at + 1 : at, static_cast<float>(place % (2 * scale)) / static_cast<float>(2 * scale)};
}
// x [Channels][Height][Width] SH x SW times as large, pixels in proportion to the four around them
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t SH, std::size_t SW>
constexpr void bilinear(const float* __restrict x, float* __restrict y) {
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t r = 0; r < Height * SH; ++r)
            for (std::size_t q = 0; q < Width * SW; ++q) {
                const Between v = between(r, SH, Height), h = between(q, SW, Width);
                const float *above = x + (c * Height + v.at) * Width, *below = x + (c * Height + v.next) * Width;
                const float left = (1 - v.rest) * above[h.at] + v.rest * below[h.at], right = (1 - v.rest) * above[h.next] + v.rest * below[h.next];
                y[(c * Height * SH + r) * Width * SW + q] = (1 - h.rest) * left + h.rest * right;
            }
}
)"};
inline constexpr Function repeat{"repeat", R"(
// x several times, one after another
template <std::size_t Times, std::size_t Size> constexpr void repeat(const float* __restrict x, float* __restrict y) {
    for (std::size_t t = 0; t < Times; ++t)
        for (std::size_t i = 0; i < Size; ++i) y[t * Size + i] = x[i];
}
)"};
inline constexpr Function transpose{"transpose", R"(
// y [Columns][Rows] = x [Rows][Columns]
template <std::size_t Rows, std::size_t Columns> constexpr void transpose(const float* __restrict x, float* __restrict y) {
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t c = 0; c < Columns; ++c) y[c * Rows + r] = x[r * Columns + c];
}
)"};
}  // namespace source

template <Extent2 Scale, Interpolation mode> struct Source<Upsample<Scale, mode>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(mode == Interpolation::nearest ? source::nearest : source::bilinear, {In::extents[0], In::extents[1], In::extents[2], Scale.height, Scale.width},
                   {layer.x, layer.y});
    }
};
template <std::size_t Times> struct Source<RepeatChannels<Times>> {
    template <class In> static void write(LayerSource& layer) { layer.call(source::repeat, {Times, In::size}, {layer.x, layer.y}); }
};
template <> struct Source<ToTokens> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::transpose, {In::extents[0], In::size / In::extents[0]}, {layer.x, layer.y});
    }
};

}  // namespace kiln
