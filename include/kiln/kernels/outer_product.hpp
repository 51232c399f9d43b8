// The micro-kernel of every matrix product with lanes: C = start + A B, one block of C after the other in registers.
//
//     A [rows, depth] of numbers, each broadcast        B [depth, N] of registers        C [rows, N] of registers
//
// For every k, a block of Rows x Columns sums takes Rows broadcasts and Columns loads to Rows * Columns multiply-adds.
#pragma once
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln {

// The operands, and how far apart their elements lie, counted in numbers. k is cut into segments of `depth` each, since
// a gradient sums over rows and over the lanes of each.
template <class T> struct OuterProduct {
    const T* a = nullptr;
    Index a_row = 0, a_step = 0;  // A[m][k] = a[m a_row + k a_step]; one of the two is 1
    const T* b = nullptr;
    Index b_step = 0, b_column = 0;  // B[k][n] is the register at b + k b_step + n b_column
    T* c = nullptr;
    Index c_row = 0, c_column = 0;
    Index depth = 0, segments = 1, a_segment = 0, b_segment = 0;
    const T* bias = nullptr;  // C starts with bias[m], where there is one,
    bool add = false;         // or with what it holds; else with zero
};

enum class Contiguous { depth, rows };  // which of A's strides is 1

// `blocks` blocks of Rows x Columns, one below the other.
template <Index Rows, Index Columns, class Register, Contiguous contiguous, class T>
[[gnu::noinline]] constexpr void multiply(OuterProduct<T> p, Index blocks) {
    const Index a_row = contiguous == Contiguous::rows ? 1 : p.a_row;
    const Index a_step = contiguous == Contiguous::depth ? 1 : p.a_step;
    for (; blocks > 0; --blocks) {
        Register sums[Rows][Columns];
#pragma GCC unroll 16
        for (Index m = 0; m < Rows; ++m)
#pragma GCC unroll 4
            for (Index n = 0; n < Columns; ++n)
                sums[m][n] = p.add ? load_lanes<Register>(p.c + m * p.c_row + n * p.c_column) : Register(p.bias ? p.bias[m] : T(0));
        for (Index s = 0; s < p.segments; ++s) {
            const T* a = p.a + s * p.a_segment;
            const T* b = p.b + s * p.b_segment;
            for (Index k = 0; k < p.depth; ++k) {
                Register x[Columns];
#pragma GCC unroll 4
                for (Index n = 0; n < Columns; ++n) x[n] = load_lanes<Register>(b + n * p.b_column);
#pragma GCC unroll 16
                for (Index m = 0; m < Rows; ++m) {
                    const Register w(a[m * a_row]);
#pragma GCC unroll 4
                    for (Index n = 0; n < Columns; ++n) sums[m][n] = fma(w, x[n], sums[m][n]);
                }
                a += a_step;
                b += p.b_step;
            }
        }
#pragma GCC unroll 16
        for (Index m = 0; m < Rows; ++m)
#pragma GCC unroll 4
            for (Index n = 0; n < Columns; ++n) store_lanes(p.c + m * p.c_row + n * p.c_column, sums[m][n]);
        p.a += Rows * a_row;
        p.c += Rows * p.c_row;
        if (p.bias) p.bias += Rows;
    }
}

// The rows of a block by its columns.
template <Index Columns> inline constexpr Index rows_of_block = register_count < 32 ? (Columns == 1 ? 12 : 6) : (Columns == 1 ? 16 : 8);

// All Total rows, in blocks of nearly the same size: 10 by at most 6 is 5, 5.
template <Index Total, Index Columns, class Register, Contiguous contiguous, class T> constexpr void multiply_rows(OuterProduct<T> p) {
    using Blocks = Split<Total, rows_of_block<Columns>>;
    if constexpr (Blocks::larger > 0) {
        constexpr Index done = Blocks::larger * (Blocks::size + 1);
        multiply<Blocks::size + 1, Columns, Register, contiguous>(p, Blocks::larger);
        p.a += done * p.a_row;
        p.c += done * p.c_row;
        if (p.bias) p.bias += done;
    }
    multiply<Blocks::size, Columns, Register, contiguous>(p, Blocks::count - Blocks::larger);
}

}  // namespace kiln
