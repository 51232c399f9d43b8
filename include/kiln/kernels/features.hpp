// One sample's numbers, features in lanes: a function of every number, and what is done with rows of them.
//
//     transform           y[i] = f(x[i])
//     in_registers        rows of numbers as registers
//     normalise_rows      y[r] = (x[r] - mean) / sqrt(variance + eps) w + b, each row by itself
//     exponentials        x[r] = exp(scale (x[r] - max)), and what makes the row's sum 1
//
// x and y may be the same. A row that no whole number of registers fills ends in one that overlaps the one before.
#pragma once
#include <algorithm>
#include <bit>
#include <numbers>
#include "kiln/core/arrays.hpp"
#include "kiln/kernels/blocks.hpp"
#include "kiln/kernels/elementary.hpp"

namespace kiln::features {

// The widest register that so many numbers fill.
template <class T, std::size_t Size> using Register = Lanes<T, std::min(native_width<T>, std::bit_floor(Size))>;

// Rows of Size numbers as registers, for what computes with the packs of a tile; Size is a multiple of native_width.
template <std::size_t Size, class S, class T> auto in_registers(View<S, T> numbers) {
    using R = Lanes<T, native_width<T>>;
    return View<Shape<S::size / Size, Size / native_width<T>>, R>{reinterpret_cast<R*>(numbers.data)};
}

template <std::size_t Size, class T> constexpr void transform(const T* x, T* y, auto f) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    const R last = load_lanes<R>(x + Size - width);  // before it is overwritten, where y is x
    for (std::size_t i = 0; i < whole; i += width) store_lanes<R>(y + i, f(load_lanes<R>(x + i)));
    if constexpr (whole < Size) store_lanes<R>(y + Size - width, f(last));
}

// The largest lane, in every lane.
template <class R> [[gnu::always_inline]] constexpr R largest(R x) {
    constexpr std::size_t width = lane_count<R>;
    if constexpr (width > 1) {
        using V = kiln::detail::Vector<scalar<R>, width>;
        unroll<std::bit_width(width) - 1>([&]<std::size_t Step> {
            const V v = std::bit_cast<V>(x);
            x = max(x, [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
                return std::bit_cast<R>(__builtin_shufflevector(v, v, ((I + (width >> (Step + 1))) % width)...));
            }(std::make_index_sequence<width>{}));
        });
    }
    return x;
}

// Every second of the numbers of two registers side by side, from the first or from the second on.
template <std::size_t from, class R> [[gnu::always_inline]] constexpr R every_second(const R& a, const R& b) {
    constexpr std::size_t width = lane_count<R>;
    if constexpr (width == 1) return from == 0 ? a : b;
    else {
        using V = kiln::detail::Vector<scalar<R>, width>;
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return std::bit_cast<R>(__builtin_shufflevector(std::bit_cast<V>(a), std::bit_cast<V>(b), (2 * I + from)...));
        }(std::make_index_sequence<width>{});
    }
}

// Where not centred the mean is taken for 0. w and b may be null: 1 and 0.
template <std::size_t Rows, std::size_t Size, bool centred, class T>
void normalise_rows(const T* x, T* y, const T* w, const T* b, T eps) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    for_each_block<static_cast<Index>(Rows), static_cast<Index>(native_width<T>)>([&]<Index Block>(Index first) {
        // The lanes of several rows are summed up together.
        T mean[Block]{}, inverse[Block];
        R sums[Block];
        const auto sum_up = [&](T(&totals)[Block], auto of) __attribute__((always_inline)) {
            for (Index r = 0; r < Block; ++r) {
                const T* const row = x + (first + r) * static_cast<Index>(Size);
                sums[r] = R(T(0));
                for (std::size_t i = 0; i < whole; i += width) sums[r] += of(load_lanes<R>(row + i), R(mean[r]));
            }
            sums_of_lanes<width>(sums, totals);
            for (Index r = 0; r < Block; ++r) {
                const T* const row = x + (first + r) * static_cast<Index>(Size);
                for (std::size_t i = whole; i < Size; ++i) totals[r] += of(row[i], mean[r]);
            }
        };
        constexpr T share = static_cast<T>(1.0 / static_cast<double>(Size));
        if constexpr (centred) {
            T totals[Block];
            sum_up(totals, [](const auto& v, const auto&) { return v; });
            for (Index r = 0; r < Block; ++r) mean[r] = totals[r] * share;
        }
        sum_up(inverse, [](const auto& v, const auto& m) { return (v - m) * (v - m); });
        for (Index r = 0; r < Block; ++r) {
            const R scale(1 / sqrt(fma(inverse[r], share, eps))), off(mean[r]);
            const T* const from = x + (first + r) * static_cast<Index>(Size);
            T* const to = y + (first + r) * static_cast<Index>(Size);
            const auto one = [&](const R& v, std::size_t i) __attribute__((always_inline)) {
                const R h = (v - off) * scale;
                return fma(h, w ? load_lanes<R>(w + i) : R(T(1)), b ? load_lanes<R>(b + i) : R(T(0)));
            };
            const R last = one(load_lanes<R>(from + Size - width), Size - width);
            for (std::size_t i = 0; i < whole; i += width) store_lanes<R>(to + i, one(load_lanes<R>(from + i), i));
            if constexpr (whole < Size) store_lanes<R>(to + Size - width, last);
        }
    });
}

// Some rows of x, `stride` apart, become exp(scale (x - max)); share[r] is what a row has to be multiplied by to be a distribution.
// (All rows' maxima first, then the exponentials, then the sums, so that the rows' chains of operations may overlap.)
template <Index Rows, std::size_t Size, class T> void exponentials(T* x, Index stride, T scale, T (&share)[Rows]) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    const R factor(scale * std::numbers::log2e_v<T>);
    R start[Rows], total[Rows];
    for (Index r = 0; r < Rows; ++r) {
        const T* const row = x + r * stride;
        R most = load_lanes<R>(row + Size - width);
        for (std::size_t i = 0; i < whole; i += width) most = max(most, load_lanes<R>(row + i));
        start[r] = -largest(most) * factor;
    }
    T last[Rows][width];
    for (Index r = 0; r < Rows; ++r) {
        T* const row = x + r * stride;
        if constexpr (whole < Size) store_lanes<R>(last[r], elementary::exp2(fma(load_lanes<R>(row + Size - width), factor, start[r])));
        total[r] = R(T(0));
        for (std::size_t i = 0; i < whole; i += width) {
            const R e = elementary::exp2(fma(load_lanes<R>(row + i), factor, start[r]));
            total[r] += e;
            store_lanes<R>(row + i, e);
        }
    }
    sums_of_lanes<width>(total, share);
    for (Index r = 0; r < Rows; ++r) {
        for (std::size_t i = whole; i < Size; ++i) share[r] += x[r * stride + static_cast<Index>(i)] = last[r][i + width - Size];
        share[r] = 1 / share[r];
    }
}

}  // namespace kiln::features
