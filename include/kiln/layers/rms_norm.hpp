// RMSNorm: PyTorch's (from 2.4 on). Every sample's rows over the last axes, each divided by its root mean square, then scaled.
//
//     x, y, dx, dy [..., Extents...]    weight [Extents...]    square: the mean of x^2 over a row of n numbers
//     h = x / sqrt(square + eps)    y = weight h
//     dweight += sum dy h                                                   over the rows
//     dx = (weight dy - h sum(weight dy h) / n) / sqrt(square + eps)        sum over a row
//
// B. Zhang, R. Sennrich, 2019. eps is 1e-6, in float and double alike, unless one is given; PyTorch takes the type's epsilon.
//
//     RMSNorm<64>    RMSNorm<64, RMSNormOptions{.eps = 1e-5}>
#pragma once
#include "kiln/layers/row_norm.hpp"

namespace kiln {

struct RMSNormOptions {
    double eps = 1e-6;
    bool affine = true;  // the weight is learned; else it is 1

    friend constexpr bool operator==(const RMSNormOptions&, const RMSNormOptions&) = default;
};

template <ExtentOrOptions<RMSNormOptions>... Arguments>
    requires(detail::sound_row_norm<RMSNormOptions, Arguments...>())
struct RMSNorm : RowNorm<false, RMSNormOptions, Arguments...> {
    static constexpr Text name() { return text("RMSNorm", RMSNorm::arguments()); }
};

}  // namespace kiln
