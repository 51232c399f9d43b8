// Normalisation in exported headers. BatchNorm is a factor and a summand for each channel, which the layer before it takes over if it can.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/elementary.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/group_norm.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/rms_norm.hpp"

namespace kiln {

namespace source {
inline constexpr Function rescale{"rescale", R"(
// y = scale x + shift, a scale and a shift for every channel
template <std::size_t Channels, std::size_t Pixels>
constexpr void rescale(const float* x, const float* scale, const float* shift, float* y) {
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t p = 0; p < Pixels; ++p) y[c * Pixels + p] = scale[c] * x[c * Pixels + p] + shift[c];
}
)"};
inline constexpr Function standardise{"standardise", R"(
// The rows of x to mean 0 and variance 1, or where they are not centred to a mean square of 1.
template <std::size_t Rows, std::size_t Size, bool Centred> constexpr void standardise(const float* x, float eps, float* y) {
    for (std::size_t r = 0; r < Rows; ++r) {
        float mean = 0, square = 0;
        if (Centred)
            for (std::size_t i = 0; i < Size; ++i) mean += x[r * Size + i] * (1.f / Size);
        for (std::size_t i = 0; i < Size; ++i) {
            const float off = x[r * Size + i] - mean;
            square += off * off * (1.f / Size);
        }
        const float inverse = 1 / square_root(square + eps);
        for (std::size_t i = 0; i < Size; ++i) y[r * Size + i] = (x[r * Size + i] - mean) * inverse;
    }
}
)", {&square_root}};
inline constexpr Function affine{"affine", R"(
// y = w y + b for the rows of y, number by number
template <std::size_t Rows, std::size_t Size> constexpr void affine(const float* w, const float* b, float* y) {
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t i = 0; i < Size; ++i) y[r * Size + i] = w[i] * y[r * Size + i] + b[i];
}
)"};

// LayerNorm and RMSNorm.
template <class Layer, bool centred> struct RowNorm {
    template <class In> static void write(LayerSource& layer) {
        constexpr std::size_t size = Layer::Row::size, rows = In::size / size;
        layer.call(standardise, {rows, size, centred}, {layer.x, LayerSource::number(Layer::options.eps), layer.y});
        if (layer.has("weight")) layer.call(affine, {rows, size}, {layer.constant("weight"), layer.bias(size), layer.y});
    }
};
}  // namespace source

template <ExtentOrOptions<LayerNormOptions>... Arguments> struct Source<LayerNorm<Arguments...>> : source::RowNorm<LayerNorm<Arguments...>, true> {};
template <ExtentOrOptions<RMSNormOptions>... Arguments> struct Source<RMSNorm<Arguments...>> : source::RowNorm<RMSNorm<Arguments...>, false> {};

template <std::size_t Groups, std::size_t Channels, GroupNormOptions options> struct Source<GroupNorm<Groups, Channels, options>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::standardise, {Groups, In::size / Groups, true}, {layer.x, LayerSource::number(options.eps), layer.y});
        if (options.affine) layer.call(source::rescale, {Channels, In::size / Channels}, {layer.y, layer.constant("weight"), layer.constant("bias"), layer.y});
    }
};

template <std::size_t Channels, BatchNormOptions options> struct Source<BatchNorm<Channels, options>> {
    template <class In> static Rescale rescale(const LayerSource& layer) {
        const auto mean = layer.numbers("running_mean"), var = layer.numbers("running_var");
        Rescale r{std::vector<double>(Channels), std::vector<double>(Channels)};
        for (std::size_t c = 0; c < Channels; ++c) {
            r.scale[c] = (options.affine ? layer.numbers("weight")[c] : 1) / std::sqrt(var[c] + options.eps);
            r.shift[c] = (options.affine ? layer.numbers("bias")[c] : 0) - mean[c] * r.scale[c];
        }
        return r;
    }
    template <class In> static void write(LayerSource& layer) {
        const Rescale r = rescale<In>(layer);
        layer.call(source::rescale, {Channels, In::size / Channels}, {layer.x, layer.constant("scale", r.scale), layer.constant("shift", r.shift), layer.y});
    }
};

}  // namespace kiln
