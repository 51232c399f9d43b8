// Transposes: between samples stored one after another, as files and tensors have them, and samples side by side in lanes.
//
//     transpose     from [rows, columns]                to [columns, rows]
//     load_rows     W samples [features], anywhere      tile [features] of W lanes, converted, scaled and shifted
//     store_rows    tile [features] of W lanes          samples [live, features]
//
// A block of V x V numbers is transposed in V registers. The shuffles are __builtin_shufflevector, which the compiler turns
// into the machine's unpack and permute instructions; xsimd's zip and haddp are wrong on AVX-512 in xsimd 8.1.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include "kiln/core/lanes.hpp"

namespace kiln {
namespace detail {

template <class T, std::size_t V> struct vector_of {
    typedef T type __attribute__((vector_size(V * sizeof(T))));
};
template <class T, std::size_t V> using Vector = typename vector_of<T, V>::type;

// V vectors of V numbers: the rows of a square.
template <class T, std::size_t V> struct Square {
    using Row = Vector<T, V>;
    // Numbers in 16 bytes: what an unpack instruction works on, whatever the register's width. A square is cut into such blocks.
    static constexpr std::size_t block = std::min(V, std::max<std::size_t>(1, 16 / sizeof(T)));
    Row row[V];

    // Inside the blocks of two rows: a0 b0 a1 b1 of their lower halves (half 0), or of their upper halves (half 1).
    template <std::size_t half> [[gnu::always_inline]] static Row interleave(const Row& a, const Row& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return __builtin_shufflevector(a, b, (I / block * block + half * block / 2 + I % block / 2 + I % 2 * V)...);
        }(std::make_index_sequence<V>{});
    }
    // Whole blocks of two rows: A0 A2 B0 B2 (odd 0) or A1 A3 B1 B3 (odd 1).
    template <std::size_t odd> [[gnu::always_inline]] static Row separate(const Row& a, const Row& b) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
            return __builtin_shufflevector(a, b, ((2 * (I / block) + odd) * block + I % block)...);
        }(std::make_index_sequence<V>{});
    }

    // Interleaving row i with row i + n/2, for all i, rotates the bits of (row, column) by one; as many times as n has bits, it
    // swaps row and column. First inside every block; then the blocks change places, by the inverse of the same step.
    [[gnu::always_inline]] void transpose() {
        constexpr std::size_t blocks = V / block;
        for (std::size_t n = 1; n < block; n *= 2) {
            Square next;
#pragma GCC unroll 16
            for (std::size_t i = 0; i < V / 2; ++i) {
                const std::size_t first = i / (block / 2) * block, k = i % (block / 2);
                next.row[first + 2 * k] = interleave<0>(row[first + k], row[first + k + block / 2]);
                next.row[first + 2 * k + 1] = interleave<1>(row[first + k], row[first + k + block / 2]);
            }
            *this = next;
        }
        for (std::size_t n = 1; n < blocks; n *= 2) {
            Square next;
#pragma GCC unroll 16
            for (std::size_t i = 0; i < V / 2; ++i) {
                const std::size_t k = i / block, column = i % block;
                next.row[k * block + column] = separate<0>(row[2 * k * block + column], row[(2 * k + 1) * block + column]);
                next.row[(k + blocks / 2) * block + column] = separate<1>(row[2 * k * block + column], row[(2 * k + 1) * block + column]);
            }
            *this = next;
        }
    }
};

// The square whose row i begins at from(i), converted to T.
template <class T, std::size_t V> [[gnu::always_inline]] inline Square<T, V> load_square(auto from) {
    using Element = std::remove_cvref_t<decltype(*from(0))>;
    Square<T, V> square;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < V; ++i) {
        Vector<std::conditional_t<sizeof(Element) == 1, T, Element>, V> elements;  // bytes stay as they are, several in a T
        std::memcpy(&elements, from(i), sizeof elements);
        square.row[i] = __builtin_convertvector(elements, Vector<T, V>);
    }
    return square;
}

// Squares of V x V, and what is left over at the right and below in squares of half that width.
template <std::size_t V, class T>
[[gnu::noinline]] void transpose_squares(const T* from, std::size_t from_stride, std::size_t rows, std::size_t columns, T* to, std::size_t to_stride) {
    const std::size_t row_end = rows / V * V, column_end = columns / V * V;
    for (std::size_t r = 0; r < row_end; r += V)
        for (std::size_t c = 0; c < column_end; c += V) {
            if constexpr (V == 1) to[c * to_stride + r] = from[r * from_stride + c];
            else {
                auto square = load_square<T, V>([&](std::size_t i) { return from + (r + i) * from_stride + c; });
                square.transpose();
#pragma GCC unroll 16
                for (std::size_t i = 0; i < V; ++i) std::memcpy(to + (c + i) * to_stride + r, &square.row[i], sizeof square.row[i]);
            }
        }
    if constexpr (V > 1) {
        if (column_end < columns) transpose_squares<V / 2>(from + column_end, from_stride, row_end, columns - column_end, to + column_end * to_stride, to_stride);
        if (row_end < rows) transpose_squares<V / 2>(from + row_end * from_stride, from_stride, rows - row_end, columns, to + row_end, to_stride);
    }
}

}  // namespace detail

// to[c][r] = from[r][c]; the strides are the distances between rows, in numbers. The arrays do not overlap.
template <class T>
constexpr void transpose(const T* from, std::size_t from_stride, std::size_t rows, std::size_t columns, T* to, std::size_t to_stride) {
    if (std::is_constant_evaluated()) {
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t c = 0; c < columns; ++c) to[c * to_stride + r] = from[r * from_stride + c];
        return;
    }
    detail::transpose_squares<native_width<T>>(from, from_stride, rows, columns, to, to_stride);
}

// tile[f], lane s = scale[c] * row[s][f] + shift[c], where c = f / (features / channels) is the feature's channel.
// Elements are std::uint8_t, float or double, of any alignment their type allows.
//
// Bytes change places four at a time, as 32-bit words, and are converted when they lie in lanes. On a Zen 3 a sample of 784 bytes then
// takes 0.08 us with 8 lanes and 0.125 with 16, whose tile is more than L1 holds; converted before the transpose, 0.15 to 0.24 and 0.11
// (clang 19), or 0.4 (g++ 12, which extends 8 bytes one by one).
template <class L, class Element>
[[gnu::noinline]] constexpr void load_rows(const std::array<const Element*, lane_count<L>>& row, std::size_t features, std::size_t channels,
                                 const scalar<L>* scale, const scalar<L>* shift, L* tile) {
    using T = scalar<L>;
    constexpr std::size_t width = lane_count<L>, V = std::min(width, native_width<T>);
    constexpr bool bytes = sizeof(Element) == 1;
    constexpr std::size_t in_word = bytes ? 4 : 1, step = in_word * V;
    T* const to = numbers(tile);
    const std::size_t plane = features / channels;
    if (V == 1 || features < step) {
        for (std::size_t f = 0; f < features; ++f)
            for (std::size_t s = 0; s < width; ++s) to[f * width + s] = fma(scale[f / plane], static_cast<T>(row[s][f]), shift[f / plane]);
        return;
    }
    if constexpr (V > 1) {
        using Word = std::conditional_t<bytes, std::uint32_t, T>;
        using Register = Lanes<T, V>;
        for (std::size_t begin = 0; begin < features; begin += step) {
            const std::size_t first = std::min(begin, features - step);  // the last step overlaps the one before
            std::array<T, step> a, b;
            for (std::size_t i = 0, c = first / plane; i < step; ++c) {
                const std::size_t end = std::min(step, (c + 1) * plane - first);
                for (; i < end; ++i) a[i] = scale[c], b[i] = shift[c];
            }
            for (std::size_t s = 0; s < width; s += V) {
                auto square = detail::load_square<Word, V>([&](std::size_t i) { return row[s + i] + first; });
                square.transpose();
#pragma GCC unroll 64
                for (std::size_t i = 0; i < step; ++i) {
                    const auto word = square.row[i / in_word];
                    detail::Vector<T, V> x;
                    if constexpr (bytes) {
                        const std::size_t byte = std::endian::native == std::endian::little ? i % 4 : 3 - i % 4;
                        x = __builtin_convertvector(reinterpret_cast<detail::Vector<std::int32_t, V>>((word >> (8 * byte)) & 255), detail::Vector<T, V>);
                    } else x = word;
                    store_lanes(to + (first + i) * width + s, fma(Register(a[i]), std::bit_cast<Register>(x), Register(b[i])));
                }
            }
        }
    }
}

// to[s][f] = tile[f], lane s, for the first `live` lanes; the stride is the distance between samples.
template <class L> constexpr void store_rows(const L* tile, std::size_t features, std::size_t live, scalar<L>* to, std::size_t to_stride) {
    transpose(numbers(tile), lane_count<L>, features, live, to, to_stride);
}

}  // namespace kiln
