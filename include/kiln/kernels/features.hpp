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

// The largest lane.
template <class R> constexpr scalar<R> largest(const R& x) {
    if constexpr (lane_count<R> == 1) return x;
    else {
        using Half = Lanes<scalar<R>, lane_count<R> / 2>;
        const auto values = to_lanes(x);
        return largest(max(load_lanes<Half>(values.data()), load_lanes<Half>(values.data() + lane_count<R> / 2)));
    }
}

// Every second of the numbers of two registers side by side, from the first or from the second on.
template <std::size_t from, class R> [[gnu::always_inline]] constexpr R every_second(const R& a, const R& b) {
    constexpr std::size_t width = lane_count<R>;
    if constexpr (width == 1) return from == 0 ? a : b;
    else {
        using V = typename kiln::detail::vector<scalar<R>, width>::type;
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

// x becomes exp(scale (x - max)), and the result is what they have to be multiplied by to be a distribution.
template <std::size_t Size, class T> T exponentials(T* x, T scale) {
    using R = Register<T, Size>;
    constexpr std::size_t width = lane_count<R>, whole = Size / width * width;
    R most = load_lanes<R>(x + Size - width);
    const R last = most;
    for (std::size_t i = 0; i < whole; i += width) most = max(most, load_lanes<R>(x + i));
    const R factor(scale * std::numbers::log2e_v<T>), start = R(-largest(most)) * factor;
    R total(T(0));
    for (std::size_t i = 0; i < whole; i += width) {
        const R e = elementary::exp2(fma(load_lanes<R>(x + i), factor, start));
        total += e;
        store_lanes<R>(x + i, e);
    }
    T sum_of_all = sum(total);
    if constexpr (whole < Size) {
        store_lanes<R>(x + Size - width, elementary::exp2(fma(last, factor, start)));
        for (std::size_t i = whole; i < Size; ++i) sum_of_all += x[i];
    }
    return 1 / sum_of_all;
}

}  // namespace kiln::features
