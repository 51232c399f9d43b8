// An affine map of every row, samples in lanes, and its gradient. Weights stay in PyTorch's order; nothing is packed.
//
//     y[r][o] = b[o] + sum_i W[o][i] x[r][i]        x [Rows, In]    W [Out, In]    b [Out]    y [Rows, Out]
//     dx[r][i] = sum_o W[o][i] dy[r][o]
//     dW[o][i] += sum over rows and lanes of dy[r][o] x[r][i]        db[o] += sum over rows and lanes of dy[r][o]
//
// forward and input_gradient broadcast a weight and multiply lanes. parameter_gradient broadcasts a lane of dy and multiplies
// inputs: a few inputs of x at a time are transposed, [input][lane] to [lane][input], so dW is in order without horizontal sums.
#pragma once
#include <algorithm>
#include <bit>
#include "kiln/core/arrays.hpp"
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/outer_product.hpp"

namespace kiln::affine {
namespace detail {

template <class L> constexpr auto numbers(L* lanes) {
    if constexpr (lane_count<L> == 1) return lanes;
    else return reinterpret_cast<std::conditional_t<std::is_const_v<L>, const scalar<L>, scalar<L>>*>(lanes);
}

// C [Rows, M] = bias + A [M, K] B [Rows, K], where B's and C's elements are packs.
template <Index Rows, Index M, Index K, Contiguous contiguous, class T, class L>
constexpr void multiply_packs(const T* a, Index a_row, Index a_step, const T* bias, const L* b, L* c) {
    constexpr Index width = lane_count<L>, registers = registers_in<L>;
    using Register = Lanes<T, lane_count<L> / registers_in<L>>;
    OuterProduct<T> p{.a = a, .a_row = a_row, .a_step = a_step, .b_step = width, .c_row = width, .depth = K, .bias = bias};
    if constexpr (registers > 1) {  // two registers of one pack
        p.b_column = p.c_column = width / registers;
        for (Index r = 0; r < Rows; ++r)
            for (Index n = 0; n < registers; n += 2) {
                p.b = numbers(b + r * K) + n * p.b_column;
                p.c = numbers(c + r * M) + n * p.c_column;
                multiply_rows<M, 2, Register, contiguous>(p);
            }
    } else {  // one register of each of two rows, and of the last row if there is an odd number
        p.b_column = K * width;
        p.c_column = M * width;
        for (Index r = 0; r + 2 <= Rows; r += 2) {
            p.b = numbers(b + r * K);
            p.c = numbers(c + r * M);
            multiply_rows<M, 2, Register, contiguous>(p);
        }
        if constexpr (Rows % 2 == 1) {
            p.b = numbers(b + (Rows - 1) * K);
            p.c = numbers(c + (Rows - 1) * M);
            multiply_rows<M, 1, Register, contiguous>(p);
        }
    }
}

// Rows of x whose transposes are in scratch together: dW is loaded and stored once for them.
inline constexpr std::size_t most_rows = 4;
// The registers of inputs in a block of dW, and a register's width: where In is less than the machine's, as many as there are.
inline constexpr Index columns = 2;
template <class L, std::size_t In> inline constexpr std::size_t input_width =
    lane_count<L> == 1 ? 1 : std::min(native_width<scalar<L>>, std::bit_floor(In));

// dW [Out, In], inputs [first, first + Columns registers): += the products of dy and of x, [rows, In] packs.
// Inputs before `live` are not these columns' business: their sums stay as they are (or, where !p.add, come out the same again).
template <Index Columns, std::size_t In, std::size_t Out, class T, class L>
void gradient_columns(const L* x, const L* dy, T* dw, L* scratch, std::size_t rows, std::size_t first, std::size_t live, bool add) {
    constexpr std::size_t width = lane_count<L>, across = Columns * input_width<L, In>;
    T* const panel = numbers(scratch);
    for (std::size_t r = 0; r < rows; ++r)
        transpose(numbers(x + r * In + first), width, across, width, panel + r * width * across, across);
    if (add && live > first)
        for (std::size_t s = 0; s < rows * width; ++s) std::fill_n(panel + s * across, live - first, T(0));
    OuterProduct<T> p{.a = numbers(dy), .a_row = width, .a_step = 1, .b = panel, .b_step = across, .b_column = input_width<L, In>,
                      .c = dw + first, .c_row = In, .c_column = input_width<L, In>,
                      .depth = width, .segments = static_cast<Index>(rows), .a_segment = Out * width, .b_segment = width * across, .add = add};
    multiply_rows<Out, Columns, Lanes<T, input_width<L, In>>, Contiguous::depth>(p);
}

// db[o] (+)= the sum of dy[r][o] over rows and lanes.
template <class T, class L> [[gnu::noinline]] constexpr void bias_gradient(const L* dy, std::size_t rows, std::size_t out, T* db, bool first) {
    using Register = Lanes<T, lane_count<L> / registers_in<L>>;
    constexpr std::size_t together = lane_count<Register>;
    for (std::size_t o = 0; o < out; o += together) {
        const std::size_t count = std::min(together, out - o);
        Register registers[together];
        for (std::size_t i = 0; i < together; ++i) registers[i] = Register(T(0));
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t i = 0; i < count; ++i)
                for (Index k = 0; k < registers_in<L>; ++k) registers[i] += load_lanes<Register>(numbers(dy + r * out + o + i) + k * static_cast<Index>(together));
        T totals[together]{};
        sums_of_lanes<together>(registers, totals);
        for (std::size_t i = 0; i < count; ++i) db[o + i] = first ? totals[i] : db[o + i] + totals[i];
    }
}
}  // namespace detail

// What parameter_gradient needs besides.
template <std::size_t Rows, std::size_t In, std::size_t Out>
using Scratch = Shape<std::min(Rows, detail::most_rows), detail::columns * native_width<float>>;

template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L>
constexpr void forward(View<Shape<Out, In>, const T> w, View<Shape<Out>, const T> b, View<Shape<Rows, In>, const L> x, View<Shape<Rows, Out>, L> y) {
    detail::multiply_packs<Rows, Out, In, Contiguous::depth>(w.data, In, 1, b.data, x.data, y.data);
}

template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L>
constexpr void input_gradient(View<Shape<Out, In>, const T> w, View<Shape<Rows, Out>, const L> dy, View<Shape<Rows, In>, L> dx) {
    detail::multiply_packs<Rows, In, Out, Contiguous::rows>(w.data, 1, In, static_cast<const T*>(nullptr), dy.data, dx.data);
}

// Adds to dw and db, or where `first` overwrites them.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L>
constexpr void parameter_gradient(View<Shape<Rows, In>, const L> x, View<Shape<Rows, Out>, const L> dy, View<Shape<Out, In>, T> dw,
                                  View<Shape<Out>, T> db, View<Scratch<Rows, In, Out>, L> scratch, bool first) {
    detail::bias_gradient(dy.data, Rows, Out, db.data, first);
    if constexpr (lane_count<L> == 1) {  // x needs no transpose
        OuterProduct<T> p{.a = dy.data, .a_row = 1, .a_step = Out, .b = x.data, .b_step = In, .b_column = 1,
                          .c = dw.data, .c_row = In, .c_column = 1, .depth = Rows, .add = !first};
        for (std::size_t i = 0; i + 2 <= In; i += 2, p.b += 2, p.c += 2) multiply_rows<Out, 2, L, Contiguous::rows>(p);
        if constexpr (In % 2 == 1) multiply_rows<Out, 1, L, Contiguous::rows>(p);
    } else {
        constexpr std::size_t width = detail::input_width<L, In>, block = detail::columns * width, full = In / block * block, rest = In - full;
        for (std::size_t r = 0; r < Rows; r += detail::most_rows) {
            const std::size_t rows = std::min(detail::most_rows, Rows - r);
            const bool add = r > 0 || !first;
            const L* const some_x = x.data + r * In;
            const L* const some_dy = dy.data + r * Out;
            for (std::size_t i = 0; i < full; i += block)
                detail::gradient_columns<detail::columns, In, Out>(some_x, some_dy, dw.data, scratch.data, rows, i, i, add);
            // The inputs left over, in registers that overlap the ones before.
            if constexpr (rest > width && full > 0)
                detail::gradient_columns<detail::columns, In, Out>(some_x, some_dy, dw.data, scratch.data, rows, In - block, full, add);
            else if constexpr (rest > 0) {
                if constexpr (rest > width) detail::gradient_columns<1, In, Out>(some_x, some_dy, dw.data, scratch.data, rows, full, full, add);
                detail::gradient_columns<1, In, Out>(some_x, some_dy, dw.data, scratch.data, rows, In - width, rest > width ? full + width : full, add);
            }
        }
    }
}

}  // namespace kiln::affine
