// Scaled dot-product attention of every head, samples in lanes, and its gradient.
//
//     q, k, v [T, D] of a head    s = q k^T / sqrt(D) [T, T]    p = softmax of s's rows    mixed = p v
//     dv = p^T dmixed    dp = dmixed v^T    ds = p (dp - dmixed . mixed)    dq = ds k / sqrt(D)    dk = ds^T q / sqrt(D)
//
//     qkv [3 heads, T, D]: q of every head, then k, then v    mixed, dmixed [T, heads D]    dqkv [T, 3 heads D]
//     weights [heads, T, T] (its rows padded), share [heads, T]: p = weights share; forward keeps them for backward
//
// With dropout, mixed = (p f) v where f is 0 or 1 / (1 - rate): a dropped weight is kept as a negative number.
//
// Every product is one of packs with packs, two loads for a multiply-add but for what stays in registers: the sums of 6 x 2 packs. In
// percent of a Zen 3 core's peak (AVX2, 8 lanes, g++ 12; clang 19 within 3), 50 tokens, 8 heads of 8: forward 47, of which the
// exponentials take a third, backward 72; 39 and 60 where the arrays of 12 layers come from memory (35 and 52 without asking for the weights
// of the next rows beforehand). To compute the weights again in backward instead of keeping them made the two a fifth slower.
#pragma once
#include <algorithm>
#include <numbers>
#include <type_traits>
#include "kiln/core/arrays.hpp"
#include "kiln/kernels/blocks.hpp"
#include "kiln/kernels/elementary.hpp"

namespace kiln::attention {

// Which keys each query sees, and which queries see each key: all of them lie in [first, end), and where `dense`, they are all.
// (A compiler walks all pairs, clang up to those of some 450 tokens unless -fconstexpr-steps says more; not where a mask says allows_all.)
template <class Mask, std::size_t T> struct Visible {
    struct Range {
        Index first = 0, end = 0;
    };
    Range keys[T], queries[T];
    std::size_t pairs = 0;
    bool dense = true;

    consteval Visible() {
        if constexpr (requires { requires Mask::allows_all; }) {
            for (Range& r : keys) r = {0, T};
            for (Range& r : queries) r = {0, T};
            pairs = T * T;
        } else {
            for (std::size_t t = 0; t < T; ++t)
                for (std::size_t u = 0; u < T; ++u)
                    if (Mask::allows(t, u)) {
                        ++pairs;
                        if (keys[t].end == 0) keys[t].first = static_cast<Index>(u);
                        keys[t].end = static_cast<Index>(u + 1);
                        if (queries[u].end == 0) queries[u].first = static_cast<Index>(t);
                        queries[u].end = static_cast<Index>(t + 1);
                    }
            std::size_t spanned = 0;
            for (const Range& r : keys) spanned += static_cast<std::size_t>(r.end - r.first);
            dense = spanned == pairs;
        }
    }
    // The range of some rows together.
    static constexpr Range together(const Range* ranges, Index count) {
        Range all{T, 0};
        for (const Range* r = ranges; r != ranges + count; ++r)
            if (r->end > 0) all = {std::min(all.first, r->first), std::max(all.end, r->end)};
        return all.end > 0 ? all : Range{};
    }
};
template <class Mask, std::size_t T> inline constexpr Visible<Mask, T> visible{};

namespace detail {
// The largest register blocks: queries (or keys) x 2.
inline constexpr Index rows_together = register_count >= 32 ? 8 : 6;

// How far apart the packs of a matrix lie, down and across.
struct Step {
    Index row, column;
};

// store(m, n, part, sum of a[m][k] b[k][n]) for a block of Rows x Columns; the sums of a register of each stay in registers.
template <Index Rows, Index Columns, Step A, Step B, class L>
[[gnu::always_inline]] constexpr void block(const L* a, const L* b, Index depth, auto&& store) {
    using Register = std::remove_cvref_t<decltype(register_of(*a, 0))>;
    for (Index part = 0; part < registers_in<L>; ++part) {
        Register sums[Rows][Columns];
        repeat<Rows>([&](Index m) __attribute__((always_inline)) {
            repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[m][n] = Register(0); });
        });
        const L *from_a = a, *from_b = b;
#pragma GCC unroll 1
        for (Index k = 0; k < depth; ++k, go_on(from_a, A.column, k < depth), go_on(from_b, B.row, k < depth)) {
            Register x[Columns];
            repeat<Columns>([&](Index n) __attribute__((always_inline)) { x[n] = held(register_of(from_b[n * B.column], part)); });
            repeat<Rows>([&](Index m) __attribute__((always_inline)) {
                const Register w = register_of(from_a[m * A.row], part);
                repeat<Columns>([&](Index n) __attribute__((always_inline)) { sums[m][n] = kiln::detail::fma_of(w, x[n], sums[m][n]); });
            });
        }
        repeat<Rows>([&](Index m) __attribute__((always_inline)) {
            repeat<Columns>([&](Index n) __attribute__((always_inline)) { store(m, n, part, sums[m][n]); });
        });
    }
}

// The same for columns [first, end): store(m, n, part, sum), n within the range.
template <Index Rows, Step A, Step B, class L>
[[gnu::always_inline]] constexpr void columns(const L* a, const L* b, Index depth, Index first, Index end, auto&& store) {
    Index n = first;
    for (; n + 2 <= end; n += 2)
        block<Rows, 2, A, B>(a, b + n * B.column, depth, [&](Index m, Index i, Index part, auto sum) __attribute__((always_inline)) { store(m, n + i, part, sum); });
    if (n < end)
        block<Rows, 1, A, B>(a, b + n * B.column, depth, [&](Index m, Index, Index part, auto sum) __attribute__((always_inline)) { store(m, n, part, sum); });
}

// 1 / sqrt(D)
template <std::size_t D, class L> constexpr L root() { return L(static_cast<scalar<L>>(1 / sqrt(static_cast<double>(D)))); }
}  // namespace detail

// How far apart the rows of weights lie: an odd number of cache lines for packs of 32 bytes, twice that for those of 64, so that a column
// does not meet in few sets of L1. For 64 tokens and 32 numbers of a head, backward is at 57 % of the peak with rows 64 apart, at 76 with 66.
template <std::size_t T> inline constexpr std::size_t row_extent = T + (6 - T % 4) % 4;
template <std::size_t Heads, std::size_t T> using Weights = Shape<Heads, T, row_extent<T>>;

// What backward needs besides (and forward some of it).
template <std::size_t T, std::size_t D> using Scratch = Shape<T, D + row_extent<T>>;

// "queries 6x2": by which blocks of queries and keys.
template <std::size_t T> constexpr Text plan() {
    return text("queries ", block_text({.rows = Split<static_cast<Index>(T), detail::rows_together>::largest, .columns = 2}));
}

struct NoDropout {};
template <class Random> struct Dropout {
    double rate;
    Random random;  // random[i]: a pack of numbers in [0, 1) for weight i
};
template <class Drop> inline constexpr bool drops = !std::is_same_v<Drop, NoDropout>;

// weights, share and mixed.
template <class Mask, std::size_t Heads, std::size_t T, std::size_t D, class L, class Drop>
constexpr void forward(View<Shape<3 * Heads, T, D>, const L> qkv, View<Weights<Heads, T>, L> weights, View<Shape<Heads, T>, L> share,
             View<Shape<T, Heads * D>, L> mixed, View<Scratch<T, D>, L> scratch, Drop drop) {
    using namespace detail;
    using Number = scalar<L>;
    constexpr Index tokens = T, row_width = row_extent<T>, width = D, features = Heads * D;
    constexpr auto& sees = visible<Mask, T>;
    const L scale = root<D, L>() * L(std::numbers::log2e_v<Number>);  // p = 2^(scale q . k - ...)
    for (std::size_t h = 0; h < Heads; ++h) {
        const L *const q = &qkv(h, 0, 0), *const k = &qkv(Heads + h, 0, 0), *const v = &qkv(2 * Heads + h, 0, 0);
        for_each_block<tokens, rows_together>([&]<Index Rows>(Index t) {
            const auto keys = sees.together(sees.keys + t, Rows);
            L* const p = &weights(h, t, 0);
            L* const used = drops<Drop> ? scratch.data : p;  // without those that are dropped
            columns<Rows, Step{width, 1}, Step{1, width}>(q + t * width, k, width, keys.first, keys.end,
                [&](Index m, Index u, Index part, auto sum) __attribute__((always_inline)) { register_of(p[m * row_width + u], part) = sum; });
            for (Index m = 0; m < Rows; ++m) {
                const auto query = static_cast<std::size_t>(t + m);
                const auto [first, end] = sees.keys[query];
                const auto hidden_from = [&](Index u) { return !sees.dense && !Mask::allows(query, static_cast<std::size_t>(u)); };
                L* const row = p + m * row_width;
                L largest = row[first], total(0);
                for (Index u = first; u < end; ++u)
                    if (!hidden_from(u)) largest = max(largest, row[u]);
                const L start = -largest * scale;
                for (Index u = first; u < end; ++u) {
                    row[u] = hidden_from(u) ? L(0) : elementary::exp2(fma(row[u], scale, start));
                    if (!std::is_constant_evaluated()) __builtin_prefetch(row + Rows * row_width + u, 1);
                    total += row[u];
                }
                std::fill(row, row + first, L(0));
                std::fill(row + end, row + tokens, L(0));
                share(h, query) = L(1) / total;
                if constexpr (drops<Drop>) {
                    const L rate(static_cast<Number>(drop.rate));
                    for (Index u = 0; u < tokens; ++u) {
                        row[u] = select(drop.random[(h * T + query) * T + static_cast<std::size_t>(u)] < rate, -row[u], row[u]);
                        used[m * row_width + u] = max(L(0), row[u]);
                    }
                    share(h, query) *= L(static_cast<Number>(1 / (1 - drop.rate)));
                }
            }
            const L* const shares = &share(h, t);
            L* const out = &mixed(t, h * D);
            columns<Rows, Step{row_width, 1}, Step{width, 1}>(used + keys.first, v + keys.first * width, keys.end - keys.first, 0, width,
                [&](Index m, Index d, Index part, auto sum) __attribute__((always_inline)) {
                    register_of(out[m * features + d], part) = sum * register_of(shares[m], part);
                });
        });
    }
}

// dqkv, all of it. Where something was dropped the weights are used up.
template <class Mask, std::size_t Heads, std::size_t T, std::size_t D, class L, class Drop>
constexpr void backward(View<Shape<3 * Heads, T, D>, const L> qkv, View<Weights<Heads, T>, L> weights, View<Shape<Heads, T>, const L> share,
              View<Shape<T, Heads * D>, const L> mixed, View<Shape<T, Heads * D>, const L> dmixed, View<Shape<T, 3 * Heads * D>, L> dqkv,
              View<Scratch<T, D>, L> scratch, Drop drop) {
    using namespace detail;
    constexpr Index tokens = T, row_width = row_extent<T>, width = D, features = Heads * D;
    constexpr auto& sees = visible<Mask, T>;
    const L root = detail::root<D, L>();
    L* const dm = scratch.data;  // [T, D]: a head's dmixed, each row times its share
    L* const ds = dm + T * D;    // [T, T]
    for (std::size_t h = 0; h < Heads; ++h) {
        const L *const q = &qkv(h, 0, 0), *const k = &qkv(Heads + h, 0, 0), *const v = &qkv(2 * Heads + h, 0, 0);
        L* const p = &weights(h, 0, 0);
        L* const d = &dqkv(0, h * D);
        for_each_block<tokens, rows_together>([&]<Index Rows>(Index t) {
            const auto keys = sees.together(sees.keys + t, Rows);
            L means[Rows];
            for (Index m = 0; m < Rows; ++m) {
                const L of_row = share(h, t + m);
                L* const row = dm + (t + m) * width;
                L mean(0);
                for (std::size_t i = 0; i < D; ++i) {
                    row[i] = dmixed(t + m, h * D + i) * of_row;
                    mean = fma(row[i], mixed(t + m, h * D + i), mean);
                }
                if constexpr (drops<Drop>) mean *= L(static_cast<scalar<L>>(1 - drop.rate));
                means[m] = mean;
                std::fill(ds + (t + m) * row_width, ds + (t + m) * row_width + keys.first, L(0));
                std::fill(ds + (t + m) * row_width + keys.end, ds + (t + m) * row_width + tokens, L(0));
            }
            columns<Rows, Step{width, 1}, Step{1, width}>(dm + t * width, v, width, keys.first, keys.end,
                [&](Index m, Index u, Index part, auto dp) __attribute__((always_inline)) {
                    using Register = decltype(dp);
                    auto& weight = register_of(p[(t + m) * row_width + u], part);
                    auto& slope = register_of(ds[(t + m) * row_width + u], part);
                    const auto& mean = register_of(means[m], part);
                    if (!std::is_constant_evaluated()) __builtin_prefetch(p + (t + Rows + m) * row_width + u);
                    if constexpr (drops<Drop>) {
                        slope = kiln::detail::abs_of(weight) * (kiln::detail::select_of(weight > Register(0), dp, Register(0)) - mean);
                        weight = kiln::detail::max_of(Register(0), weight);
                    } else {
                        slope = weight * (dp - mean);
                    }
                });
            columns<Rows, Step{row_width, 1}, Step{width, 1}>(ds + t * row_width + keys.first, k + keys.first * width, keys.end - keys.first, 0, width,
                [&](Index m, Index i, Index part, auto sum) __attribute__((always_inline)) {
                    register_of(d[(t + m) * 3 * features + i], part) = sum * register_of(root, part);
                });
        });
        for_each_block<tokens, rows_together>([&]<Index Rows>(Index u) {
            const auto queries = sees.together(sees.queries + u, Rows);
            const Index first = queries.first, depth = queries.end - first;
            columns<Rows, Step{1, row_width}, Step{width, 1}>(ds + first * row_width + u, q + first * width, depth, 0, width,
                [&](Index m, Index i, Index part, auto sum) __attribute__((always_inline)) {
                    register_of(d[(u + m) * 3 * features + features + i], part) = sum * register_of(root, part);
                });
            columns<Rows, Step{1, row_width}, Step{width, 1}>(p + first * row_width + u, dm + first * width, depth, 0, width,
                [&](Index m, Index i, Index part, auto sum) __attribute__((always_inline)) {
                    register_of(d[(u + m) * 3 * features + 2 * features + i], part) = sum;
                });
        });
    }
}

}  // namespace kiln::attention
