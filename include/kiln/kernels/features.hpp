// One sample's numbers, features in lanes: a function of every number, and what is done with rows of them.
//
//     transform           y[i] = f(x[i])
//     normalise_rows      y[r] = (x[r] - mean) / sqrt(variance + eps) w + b, each row by itself
//     softmax_rows        y[r] = exp(x[r] - max) / sum
//
// x and y may be the same. A row that no whole number of registers fills ends in one that overlaps the one before.
#pragma once
#include <algorithm>
#include <bit>
#include "kiln/core/arrays.hpp"
#include "kiln/kernels/blocks.hpp"
#include "kiln/kernels/elementary.hpp"

namespace kiln::features {

// The widest register that so many numbers fill.
template <class T, std::size_t Size> using Register = Lanes<T, std::min(native_width<T>, std::bit_floor(Size))>;

template <std::size_t Size, class T> constexpr void transform(const T* x, T* y, auto f) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    const R last = load_lanes<R>(x + Size - width);  // before it is overwritten, where y is x
    for (std::size_t i = 0; i < whole; i += width) store_lanes<R>(y + i, f(load_lanes<R>(x + i)));
    if constexpr (whole < Size) store_lanes<R>(y + Size - width, f(last));
}
// z[i] = f(x[i], y[i])
template <std::size_t Size, class T> constexpr void combine(const T* x, const T* y, T* z, auto f) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    const R last = f(load_lanes<R>(x + Size - width), load_lanes<R>(y + Size - width));
    for (std::size_t i = 0; i < whole; i += width) store_lanes<R>(z + i, f(load_lanes<R>(x + i), load_lanes<R>(y + i)));
    if constexpr (whole < Size) store_lanes<R>(z + Size - width, last);
}

}  // namespace kiln::features
