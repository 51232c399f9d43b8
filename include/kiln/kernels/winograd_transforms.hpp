// The transforms of Winograd's convolutions: a product of polynomials is taken value by value, at 0, 1, -1, 2, -2 and infinity. For d of six
// numbers, g of K and y of m = 7 - K
//
//     y = A^T [(G g) * (B^T d)]        y[r] = sum over k of g[k] d[r + k]
//
// and in two dimensions the same along both axes. kernels/winograd.hpp makes convolutions of it.
#pragma once
#include <cstddef>
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln::winograd::detail {

// Along each axis, polynomials are multiplied by their values at 0, 1, -1, 2, -2 and infinity.
inline constexpr Index values = 6, points = values * values;

// A transform from `size` numbers to the six values. The rows of 1 and -1, and of 2 and -2, are the sum and the difference of their
// even and their odd columns.
struct OfInput {  // B^T
    static constexpr Index size = values;
    static constexpr double at(Index value, Index k) {
        constexpr double table[values][size] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                                {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
        return table[value][k];
    }
};
template <Index Size> struct OfOutput {  // A: at infinity a polynomial's value is its last coefficient
    static constexpr Index size = Size;
    static constexpr double at(Index value, Index k) {
        constexpr double point[values] = {0, 1, -1, 2, -2, 0};
        if (value == values - 1) return k == Size - 1 ? 1 : 0;
        double power = 1;
        for (Index n = 0; n < k; ++n) power *= point[value];
        return power;
    }
};
template <Index Size> struct OfKernel {  // G: the same, divided by what B^T is a multiple of
    static constexpr Index size = Size;
    static constexpr double at(Index value, Index k) {
        constexpr double divisor[values] = {4, -6, -6, 24, 24, 1};
        return OfOutput<Size>::at(value, k) / divisor[value];
    }
};

// The sum of c(n) x[n], beginning with a term whose factor is 1.
template <Index Count, class C, class R> [[gnu::always_inline]] constexpr R combine(C, const R* x) {
    using T = scalar<R>;
    constexpr Index lead = [] {
        Index some = -1;
        for (Index n = 0; n < Count; ++n)
            if (C{}(n) != 0 && (some < 0 || (C{}(some) != 1 && C{}(n) == 1))) some = n;
        return some;
    }();
    R sum = x[lead];
    if constexpr (C{}(lead) != 1) sum = R(static_cast<T>(C{}(lead))) * sum;
    unroll<static_cast<std::size_t>(Count)>([&]<std::size_t N>() __attribute__((always_inline)) {
        constexpr double factor = C{}(static_cast<Index>(N));
        if constexpr (N == lead || factor == 0) return;
        else if constexpr (factor == 1) sum = sum + x[N];
        else if constexpr (factor == -1) sum = sum - x[N];
        else sum = fma(R(static_cast<T>(factor)), x[N], sum);
    });
    return sum;
}

// v = M x, and x = M^T v.
template <class M, class R> [[gnu::always_inline]] constexpr void to_values(const R (&x)[M::size], R (&v)[values]) {
    v[0] = combine<M::size>([](Index k) { return M::at(0, k); }, x);
    unroll<2>([&]<std::size_t Pair>() __attribute__((always_inline)) {
        constexpr Index row = 2 * Pair + 1;
        const R even = combine<M::size>([](Index k) { return k % 2 == 0 ? M::at(row, k) : 0; }, x);
        const R odd = combine<M::size>([](Index k) { return k % 2 == 1 ? M::at(row, k) : 0; }, x);
        v[row] = even + odd, v[row + 1] = even - odd;
    });
    v[5] = combine<M::size>([](Index k) { return M::at(5, k); }, x);
}
template <class M, class R> [[gnu::always_inline]] constexpr void from_values(const R (&v)[values], R (&x)[M::size]) {
    const R even[] = {v[0], v[1] + v[2], v[3] + v[4], v[5]}, odd[] = {v[0], v[1] - v[2], v[3] - v[4], v[5]};
    unroll<static_cast<std::size_t>(M::size)>([&]<std::size_t K>() __attribute__((always_inline)) {
        x[K] = combine<4>([](Index n) { return M::at(n == 0 ? 0 : 2 * n - 1, K); }, K % 2 == 0 ? even : odd);
    });
}

// The same along both axes, from load(row, column) and to store(row, column, x); a value's row and column are its points.
template <class M, class R> [[gnu::always_inline]] constexpr void to_values(auto&& load, auto&& store) {
    R half[values][M::size], x[M::size], v[values];
#pragma GCC unroll 1
    for (Index c = 0; c < M::size; ++c) {
        repeat<M::size>([&](Index r) __attribute__((always_inline)) { x[r] = held(load(r, c)); });
        to_values<M>(x, v);
        repeat<values>([&](Index p) __attribute__((always_inline)) { half[p][c] = v[p]; });
    }
#pragma GCC unroll 1
    for (Index p = 0; p < values; ++p) {
        to_values<M>(half[p], v);
        repeat<values>([&](Index q) __attribute__((always_inline)) { store(p, q, v[q]); });
    }
}
template <class M, class R> [[gnu::always_inline]] constexpr void from_values(auto&& load, auto&& store) {
    R half[M::size][values], x[M::size], v[values];
#pragma GCC unroll 1
    for (Index q = 0; q < values; ++q) {
        repeat<values>([&](Index p) __attribute__((always_inline)) { v[p] = held(load(p, q)); });
        from_values<M>(v, x);
        repeat<M::size>([&](Index r) __attribute__((always_inline)) { half[r][q] = x[r]; });
    }
#pragma GCC unroll 1
    for (Index r = 0; r < M::size; ++r) {
        from_values<M>(half[r], x);
        repeat<M::size>([&](Index c) __attribute__((always_inline)) { store(r, c, x[c]); });
    }
}

}  // namespace kiln::winograd::detail
