// Pooling in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/global_avg_pool.hpp"
#include "kiln/layers/max_pool.hpp"

namespace kiln {

namespace source {
inline constexpr Function max_pool{"max_pool", R"(
// The largest of every window [KH][KW] at steps S of x [Channels][Height][Width] with a border P, which is never the largest.
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t KH, std::size_t KW, std::size_t SH, std::size_t SW,
          std::size_t PH, std::size_t PW>
constexpr void max_pool(const float* __restrict x, float* __restrict y) {
    constexpr std::size_t rows = (Height + 2 * PH - KH) / SH + 1, columns = (Width + 2 * PW - KW) / SW + 1;
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t q = 0; q < columns; ++q) {
                const std::size_t top = r * SH < PH ? PH - r * SH : 0, left = q * SW < PW ? PW - q * SW : 0;
                const float* const in = x + (c * Height + r * SH + top - PH) * Width + q * SW + left - PW;
                float largest = in[0];
                for (std::size_t i = 0; i + top < KH && (PH == 0 || r * SH + i + top < Height + PH); ++i)
                    for (std::size_t j = 0; j + left < KW && (PW == 0 || q * SW + j + left < Width + PW); ++j) {
                        const float v = in[i * Width + j];
                        largest = v > largest || v != v ? v : largest;
                    }
                y[(c * rows + r) * columns + q] = largest;
            }
}
)"};
inline constexpr Function avg_pool{"avg_pool", R"(
// The mean of every window [KH][KW] at steps S of x [Channels][Height][Width] with a border P, which counts as zeros or not at all.
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t KH, std::size_t KW, std::size_t SH, std::size_t SW,
          std::size_t PH, std::size_t PW, bool CountsBorder>
constexpr void avg_pool(const float* __restrict x, float* __restrict y) {
    constexpr std::size_t rows = (Height + 2 * PH - KH) / SH + 1, columns = (Width + 2 * PW - KW) / SW + 1;
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t q = 0; q < columns; ++q) {
                const std::size_t top = r * SH < PH ? PH - r * SH : 0, left = q * SW < PW ? PW - q * SW : 0;
                const float* const in = x + (c * Height + r * SH + top - PH) * Width + q * SW + left - PW;
                float sum = 0;
                std::size_t count = 0;
                for (std::size_t i = 0; i + top < KH && (PH == 0 || r * SH + i + top < Height + PH); ++i)
                    for (std::size_t j = 0; j + left < KW && (PW == 0 || q * SW + j + left < Width + PW); ++j, ++count) sum += in[i * Width + j];
                y[(c * rows + r) * columns + q] = CountsBorder || PH + PW == 0 ? sum * (1.f / (KH * KW)) : sum / static_cast<float>(count);
            }
}
)"};
inline constexpr Function mean{"mean", R"(
// The mean of every channel.
template <std::size_t Channels, std::size_t Pixels> constexpr void mean(const float* __restrict x, float* __restrict y) {
    for (std::size_t c = 0; c < Channels; ++c) {
        float sum = 0;
        for (std::size_t p = 0; p < Pixels; ++p) sum += x[c * Pixels + p];
        y[c] = sum * (1.f / Pixels);
    }
}
)"};
}  // namespace source

template <Extent2 Size, Extent2 Stride, Extent2 Padding> struct Source<MaxPool<Size, Stride, Padding>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::max_pool, {In::extents[0], In::extents[1], In::extents[2], Size.height, Size.width, Stride.height, Stride.width, Padding.height, Padding.width},
                   {layer.x, layer.y});
    }
};
template <Extent2 Size, Extent2 Stride, Extent2 Padding, CountIncludePad Counted> struct Source<AvgPool<Size, Stride, Padding, Counted>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::avg_pool, {In::extents[0], In::extents[1], In::extents[2], Size.height, Size.width, Stride.height, Stride.width, Padding.height, Padding.width,
                                      Counted == CountIncludePad::yes},
                   {layer.x, layer.y});
    }
};
template <> struct Source<GlobalAvgPool> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::mean, {In::extents[0], In::size / In::extents[0]}, {layer.x, layer.y});
    }
};

}  // namespace kiln
