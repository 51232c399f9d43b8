// LayerNorm: PyTorch's. Every sample's rows over the last axes, each to mean 0 and variance 1, then scaled and shifted.
//
//     x, y, dx, dy [..., Extents...]    weight, bias [Extents...]    mean, var of each row of n numbers
//     h = (x - mean) / sqrt(var + eps)    y = weight h + bias
//     dbias += sum dy    dweight += sum dy h                                                          over the rows
//     dx = (weight dy - sum(weight dy) / n - h sum(weight dy h) / n) / sqrt(var + eps)                sums over a row
//
// J. L. Ba, J. R. Kiros, G. E. Hinton, 2016. LayerNorm<64> is along the last axis, LayerNorm<8, 7, 7> over all of an image.
//
//     LayerNorm<64>    LayerNorm<8, 7, 7>    LayerNorm<64, LayerNormOptions{.eps = 1e-6}>
#pragma once
#include "kiln/layers/row_norm.hpp"

namespace kiln {

struct LayerNormOptions {
    double eps = 1e-5;
    bool affine = true;  // weight and bias are learned; else they are 1 and 0

    friend constexpr bool operator==(const LayerNormOptions&, const LayerNormOptions&) = default;
};

template <ExtentOrOptions<LayerNormOptions>... Arguments>
    requires(detail::sound_row_norm<LayerNormOptions, Arguments...>())
struct LayerNorm : RowNorm<true, LayerNormOptions, Arguments...> {
    static constexpr Text name() { return text("LayerNorm", LayerNorm::arguments()); }
};

}  // namespace kiln
