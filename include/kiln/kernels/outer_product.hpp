// The micro-kernel of every matrix product with lanes: C = start + A B, a block of C at a time in registers.
//
//     A [rows, depth] of numbers, each broadcast        B [depth, columns] of registers        C [rows, columns] of registers
//
// For every k, a block of Rows x Columns sums takes Rows broadcasts and Columns loads to Rows * Columns multiply-adds.
#pragma once
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln {

// How far apart the elements of the operands lie, counted in numbers. As a template argument: what the compiler shall know; 0 is
// left to run time, so that one kernel serves many shapes.
struct Strides {
    Index a_row = 0, a_step = 0;     // A[m][k] = a[m a_row + k a_step]
    Index b_column = 0, b_step = 0;  // B[k][n] is the register at b + k b_step + n b_column
    Index c_row = 0, c_column = 0;   // C[m][n] is the register at c + m c_row + n c_column
    Index depth = 0;
    Index segments = 0, a_segment = 0, b_segment = 0;  // k runs through so many times depth, for sums over rows and over their lanes
};

template <class T> struct OuterProduct {
    const T* a = nullptr;
    const T* b = nullptr;
    T* c = nullptr;
    const T* bias = nullptr;  // C starts with bias[m], where there is one,
    bool add = false;         // or with what it holds; else with zero
    Strides strides = {};
};

namespace detail {
[[gnu::always_inline]] constexpr Strides known_or(const Strides& known, const Strides& s) {
    const auto either = [](Index stride, Index other) __attribute__((always_inline)) { return stride != 0 ? stride : other; };
    return {either(known.a_row, s.a_row), either(known.a_step, s.a_step), either(known.b_column, s.b_column),
            either(known.b_step, s.b_step), either(known.c_row, s.c_row), either(known.c_column, s.c_column),
            either(known.depth, s.depth), either(known.segments, s.segments), either(known.a_segment, s.a_segment),
            either(known.b_segment, s.b_segment)};
}
}  // namespace detail

// `blocks` blocks of Rows x Columns, one below the other.
//
// Two prefetches, measured on Zen 3 with 16 lanes: of the next block's C where it is far from this one's (rows of dW, which come
// from L2 or beyond): 784 -> 512, dW 80 to 89 % of the peak. Of A's next 64 bytes where k runs down its columns (dx): 82 to 94 %.
// Not with one column, where loads already set the pace.
template <Index Rows, Index Columns, class Register, Strides Known, class T>
[[gnu::noinline]] constexpr void multiply(OuterProduct<T> p, Index blocks) {
    constexpr bool packs = lane_count<Register> > 1;
    const Strides s = detail::known_or(Known, p.strides);
    for (; blocks > 0; --blocks) {
        Register sums[Rows][Columns];
        T* c = p.c;
        if (p.add) {
#pragma GCC unroll 16
            for (Index m = 0; m < Rows; ++m, go_on(c, s.c_row, m < Rows))
#pragma GCC unroll 4
                for (Index n = 0; n < Columns; ++n) {
                    sums[m][n] = load_lanes<Register>(c + n * s.c_column);
                    if constexpr (packs && Known.c_row == 0)
                        if (n % 2 == 0) __builtin_prefetch(c + Rows * s.c_row + n * s.c_column, 1);
                }
        } else {
#pragma GCC unroll 16
            for (Index m = 0; m < Rows; ++m)
#pragma GCC unroll 4
                for (Index n = 0; n < Columns; ++n) sums[m][n] = Register(p.bias ? p.bias[m] : T(0));
        }
        for (Index segment = 0; segment < s.segments; ++segment) {
            const T* a = p.a + segment * s.a_segment;
            const T* b = p.b + segment * s.b_segment;
#pragma GCC unroll 1
            for (Index k = 0; k < s.depth; ++k, go_on(a, s.a_step, k < s.depth), go_on(b, s.b_step, k < s.depth)) {
                if constexpr (packs && Known.a_row == 1 && Columns > 1) __builtin_prefetch(a + 64 / sizeof(T));
                if constexpr (Columns <= Rows) {
                    Register x[Columns];
#pragma GCC unroll 4
                    for (Index n = 0; n < Columns; ++n) x[n] = held(load_lanes<Register>(b + n * s.b_column));
#pragma GCC unroll 16
                    for (Index m = 0; m < Rows; ++m) {
                        const Register w(a[m * s.a_row]);
#pragma GCC unroll 4
                        for (Index n = 0; n < Columns; ++n) sums[m][n] = fma(w, x[n], sums[m][n]);
                    }
                } else {
                    Register w[Rows];
#pragma GCC unroll 16
                    for (Index m = 0; m < Rows; ++m) w[m] = held(Register(a[m * s.a_row]));
#pragma GCC unroll 4
                    for (Index n = 0; n < Columns; ++n) {
                        const Register x = held(load_lanes<Register>(b + n * s.b_column));
#pragma GCC unroll 16
                        for (Index m = 0; m < Rows; ++m) sums[m][n] = fma(w[m], x, sums[m][n]);
                    }
                }
            }
        }
        c = p.c;
#pragma GCC unroll 16
        for (Index m = 0; m < Rows; ++m, go_on(c, s.c_row, m < Rows || blocks > 1))
#pragma GCC unroll 4
            for (Index n = 0; n < Columns; ++n) store_lanes(c + n * s.c_column, sums[m][n]);
        p.c = c;
        go_on(p.a, Rows * s.a_row, blocks > 1);
        if (p.bias) p.bias += Rows;
    }
}

// All Total rows, in blocks of at most Most rows and of nearly the same size: 10 by at most 6 is 5, 5. Or blocks [first, end) of them,
// where A, bias and C are those of the first.
template <Index Total, Index Most, Index Columns, class Register, Strides Known, class T>
constexpr void multiply_rows(OuterProduct<T> p, Index first = 0, Index end = Split<Total, Most>::count) {
    using Blocks = Split<Total, Most>;
    if constexpr (Blocks::larger > 0) {
        const Index larger = std::clamp(Blocks::larger, first, end) - first, done = larger * (Blocks::size + 1);
        const Strides s = detail::known_or(Known, p.strides);
        multiply<Blocks::size + 1, Columns, Register, Known>(p, larger);
        p.a += done * s.a_row;
        p.c += done * s.c_row;
        if (p.bias) p.bias += done;
        first += larger;
    }
    multiply<Blocks::size, Columns, Register, Known>(p, end - first);
}

}  // namespace kiln
