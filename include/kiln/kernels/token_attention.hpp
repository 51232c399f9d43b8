// Scaled dot-product attention of one sample's tokens, every head by itself: kernels/attention.hpp with features and tokens in lanes.
//
//     qkv [T, 3 heads D]: a token's q of every head, then its k, then its v    mixed [T, heads D]
//     s = q k^T / sqrt(D)    p = softmax of s's rows    mixed = p v
//
// Keys are in lanes for s, and k is transposed for that; v's features are for mixed.
#pragma once
#include <limits>
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/attention.hpp"
#include "kiln/kernels/features.hpp"

namespace kiln::token_attention {

namespace detail {
inline constexpr Index queries = register_count >= 32 ? 8 : 6;  // together
constexpr std::size_t padded(std::size_t tokens) { return round_up(tokens, parameter_alignment); }
}  // namespace detail

// A head's k^T [D, T], and the rows of p of some queries [queries, T].
template <std::size_t T, std::size_t D> using Scratch = Shape<D + std::size_t{detail::queries}, detail::padded(T)>;

template <class Mask, std::size_t Heads, std::size_t T, std::size_t D, class Number> void forward(const Number* qkv, Number* mixed, Number* scratch) {
    using Keys = Lanes<Number, native_width<Number>>;
    using Values = features::Register<Number, D>;
    constexpr Index tokens = T, width = D, key_row = detail::padded(T), mixed_row = Heads * D, row = 3 * mixed_row;
    constexpr Index in_keys = lane_count<Keys>, in_values = lane_count<Values>;
    const Number scale = static_cast<Number>(1 / sqrt(static_cast<double>(D)));
    Number *const keys = scratch, *const p = scratch + width * key_row;
    std::fill_n(keys, width * key_row, Number(0));
    for (Index h = 0; h < static_cast<Index>(Heads); ++h) {
        const Number *const q = qkv + h * width, *const k = q + mixed_row, *const v = k + mixed_row;
        transpose(k, std::size_t{row}, T, D, keys, std::size_t{key_row});
        for_each_block<tokens, detail::queries>([&]<Index Rows>(Index t) {
            for_each_block<(tokens + in_keys - 1) / in_keys, 2>([&]<Index Columns>(Index first) {
                Keys sums[Rows][Columns];
                repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                    repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[r][n] = Keys(Number(0)); });
                });
                const Number *from_k = keys + first * in_keys, *from_q = q + t * row;
                for (Index d = 0; d < width; ++d, from_k += key_row, ++from_q) {
                    Keys x[Columns];
                    repeat<Columns>([&](Index n) __attribute__((always_inline)) { x[n] = held(load_lanes<Keys>(from_k + n * in_keys)); });
                    repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                        const Keys each(from_q[r * row]);
                        repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[r][n] = fma(each, x[n], sums[r][n]); });
                    });
                }
                repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                    repeat<Columns>([&](Index n) __attribute__((always_inline)) { store_lanes(p + r * key_row + (first + n) * in_keys, sums[r][n]); });
                });
            });
            Number share[Rows];
            if constexpr (!requires { requires Mask::allows_all; })
                for (Index r = 0; r < Rows; ++r)
                    for (std::size_t u = 0; u < T; ++u)
                        if (!Mask::allows(static_cast<std::size_t>(t + r), u)) p[r * key_row + static_cast<Index>(u)] = std::numeric_limits<Number>::lowest() / 4;
            features::exponentials<Rows, T>(p, key_row, scale, share);
            for_each_block<(width + in_values - 1) / in_values, 2>([&]<Index Columns>(Index first) {
                // Two keys in turn where there is one register a row: else the sums would wait for each other.
                constexpr Index turns = Columns == 1 && tokens > 1 ? 2 : 1, whole = tokens / turns * turns;
                const auto start = [&](Index n) { return std::min((first + n) * in_values, width - in_values); };
                Values sums[turns][Rows][Columns];
                repeat<turns>([&](Index s) __attribute__((always_inline)) {
                    repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                        repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[s][r][n] = Values(Number(0)); });
                    });
                });
                const auto add = [&](Index u, Index s) __attribute__((always_inline)) {
                    Values x[Columns];
                    repeat<Columns>([&](Index n) __attribute__((always_inline)) { x[n] = held(load_lanes<Values>(v + u * row + start(n))); });
                    repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                        const Values each(p[r * key_row + u]);
                        repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[s][r][n] = fma(each, x[n], sums[s][r][n]); });
                    });
                };
                for (Index u = 0; u < whole; u += turns) repeat<turns>([&](Index s) __attribute__((always_inline)) { add(u + s, s); });
                if constexpr (whole < tokens) add(whole, 0);
                repeat<Rows>([&](Index r) __attribute__((always_inline)) {
                    repeat<Columns>([&](Index n) __attribute__((always_inline)) {
                        Values total = sums[0][r][n];
                        if constexpr (turns == 2) total += sums[turns - 1][r][n];
                        store_lanes(mixed + (t + r) * mixed_row + h * width + start(n), total * Values(share[r]));
                    });
                });
            });
        });
    }
}

}  // namespace kiln::token_attention
