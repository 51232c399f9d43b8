// An affine map of every row, samples in lanes, and its gradient. Weights stay in PyTorch's order; nothing is packed.
//
//     y[r][o] = b[o] + sum_i W[o][i] x[r][i]        x, dx [Rows, In]    W, dW [Out, In]    b, db [Out]    y, dy [Rows, Out]
//     dx[r][i] = sum_o W[o][i] dy[r][o]
//     dW[o][i] = sum over rows and lanes of dy[r][o] x[r][i]
//     db[o] = sum over rows and lanes of dy[r][o]
//
// forward and input_gradient broadcast a weight and multiply lanes. parameter_gradient broadcasts a lane of dy and multiplies
// inputs: a few inputs of x at a time are transposed, [input][lane] to [lane][input], so dW comes in order, without sums across lanes.
//
// In percent of a Zen 3 core's peak (AVX2, g++ 12; clang 19 within 3), and with 8 lanes, one register there, which makes forward and
// dx load as often as they multiply:
//                               784->128    784->512    800->500    256->120    128->64    120->84    512->512        784->128, 8 lanes
//     forward, dx               98  96      98  94      98  95      99  96      97  92     96  95     97  87          83  76
//     dW overwritten, added to  93  91      95  93      96  94      94  93      88  89     87  87     94  91          88  82
// With 64 rows of 8 lanes (best of three runs; before the rows went by panels, dx was at 91, 87, 87 and 71):
//                               256->256    256->768    256->1024    1024->256
//     forward, dx               98  96      97  94      96  94       96  93
//     dW overwritten, added to  94  94      93  93      93  94       86  88
#pragma once
#include <algorithm>
#include <bit>
#include <type_traits>
#include "kiln/core/arrays.hpp"
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/outer_product.hpp"

namespace kiln::affine {
namespace detail {

// The largest register blocks, rows x columns. 16 registers, Zen 3: for dW of 784 -> 128, 2 x 4 gives 90 % of the peak, 4 x 2 83, 6 x 2
// 77, since with 12 sums the start of a block costs more, and k is short (the lanes of a row). forward by 12 x 1 is no faster than 8 x 1,
// and 12 rows a multiple of 4 KiB apart do not fit into one set of the L1 cache. With less columns, at the end of a row of dW, there
// must be more rows, or the sums wait for each other (28 -> 192: 70 % of the peak, 49 with 2). 32 registers: the best of a Zen 4 with AVX-512.
inline constexpr bool many = register_count >= 32;
inline constexpr Index rows_by_two = many ? 8 : 6;
template <Index M> inline constexpr Index forward_rows_by_one = M <= 12 ? 12 : 8;  // 10 in one block: 5 sums wait for each other
inline constexpr Index backward_rows_by_one = many ? 16 : 14;
inline constexpr Index gradient_columns = many ? 3 : 4;
template <Index Columns> inline constexpr Index gradient_rows = many || Columns == 1 ? 8 : Columns == 2 ? 4 : Columns == 3 ? 3 : 2;

constexpr Strides pack_strides(bool transposed, Index width, Index column) {
    return {.a_row = transposed ? 1 : 0, .a_step = transposed ? 0 : 1, .b_column = column, .b_step = width,
            .c_row = width, .c_column = column, .segments = 1};
}

// Many rows meet A panel by panel, so that a panel comes from L3 once and then from L2, where it stays beside x and y of a few rows.
// A transposed A, unless it is small, is transposed a panel at a time, and its rows then lie an odd number of cache lines apart. Zen 3,
// 64 rows, 8 lanes, forward and dx of 256 -> 1024: 97, 95 with 96 x 384, 97, 94 with 126 x 256, 96, 93 with 60 x 256, 88, 86 with 30 x 128,
// which stays in L1. At 8 rows dx of 1024 -> 256 goes from 73 to 89 so, and of 256 -> 1024 from 90 to 89.
inline constexpr std::size_t rows_for_panels = 8, weights_for_panels = 16384;  // 64 KB: what is about as fast where it lies
inline constexpr Index panel_rows = 96, panel_depth = 384, panel_padding = 16;
// Panels of any lanes have room in the packs of one of native floats: those of fewer lanes, or of doubles, have shorter rows.
template <class L> constexpr Index of_panel(Index floats) {
    return floats * static_cast<Index>(std::min(lane_count<L>, native_width<float>)) / static_cast<Index>(native_width<float>);
}

// C [Rows, M] = bias + A [M, K] B [Rows, K], where B's and C's elements are packs; where `add`, C += A B. A lies as [M, K] or,
// transposed, as [K, M].
// A block's columns are two registers of a pack or, where a pack has one, of two rows; an odd last row has one.
template <Index Rows, Index M, Index K, bool transposed, class T, class L, class Room>
constexpr void multiply_packs(const T* a, const T* bias, const L* b, L* c, bool add, View<Room, L> panel) {
    constexpr Index width = lane_count<L>, registers = registers_in<L>, row_bytes = M * static_cast<Index>(sizeof(T));
    constexpr bool packed = Room::size > 0, panels = transposed ? packed : Rows >= rows_for_panels, by_column = transposed && !packed;
    using Register = Lanes<T, width / registers>;
    // A transposed A that is not packed is read column by column, 64 bytes for each k, that the next blocks need again: k is cut so that
    // they stay in L1. Rows a multiple of 2 KiB apart share its sets, so that there few do (512 -> 512: 86 % with 48, 81 with 128, 73 uncut).
    constexpr Index longest = panels ? of_panel<L>(panel_depth) : !transposed ? K : row_bytes % 2048 == 0 ? 48 : 128;
    constexpr Index rows_by_one = panels ? rows_by_two : transposed ? backward_rows_by_one : forward_rows_by_one<M>;
    constexpr Index a_row = packed ? longest + of_panel<L>(panel_padding) : K;
    using Blocks = Split<M, rows_by_two>;
    constexpr Index together = panels ? panel_rows / rows_by_two : Blocks::count;
    for (Index k = 0; k < K; k += longest)
        for (Index block = 0; block < Blocks::count; block += together) {
            const Index end = std::min(block + together, Blocks::count), m = Blocks::start(block), depth = std::min(longest, K - k);
            const T* from = a + (transposed ? k * M + m : m * K + k);
            if constexpr (packed) {
                transpose(from, M, static_cast<std::size_t>(depth), static_cast<std::size_t>(Blocks::start(end) - m), numbers(panel.data), a_row);
                from = numbers(panel.data);
            }
            for (Index r = 0; r < Rows; r += registers == 1 ? 2 : 1) {
                OuterProduct<T> p{.a = from, .b = numbers(b + r * K + k), .c = numbers(c + r * M + m), .bias = bias ? bias + m : nullptr, .add = add || k > 0,
                                  .strides = {.a_row = a_row, .a_step = M, .b_column = K * width, .c_column = M * width, .depth = depth}};
                if constexpr (registers > 1) {
                    constexpr Index column = width / registers;
                    for (Index n = 0; n < registers; n += 2, p.b += 2 * column, p.c += 2 * column)
                        multiply_rows<M, rows_by_two, 2, Register, pack_strides(by_column, width, column)>(p, block, end);
                } else if (r + 1 < Rows) {
                    if constexpr (Rows > 1) multiply_rows<M, rows_by_two, 2, Register, pack_strides(by_column, width, 0)>(p, block, end);
                } else if constexpr (Rows % 2 == 1) {
                    multiply_rows<M, rows_by_one, 1, Register, pack_strides(by_column, width, 1)>(p, block, panels ? end : Split<M, rows_by_one>::count);
                }
            }
        }
}

// The block of C that multiply_packs sums up in registers, the larger one of those that M is cut into.
template <Index Rows, Index M, class L> constexpr RegisterBlock forward_block() {
    if constexpr (Rows > 1 || registers_in<L> > 1) return {.rows = Split<M, rows_by_two>::largest, .columns = 2};
    else return {.rows = Split<M, forward_rows_by_one<M>>::largest};
}

// Rows of x that are transposed together: dW is loaded and stored once for them.
inline constexpr std::size_t rows_together = 8;
// The registers that inputs lie in: the machine's, or narrower ones if there are less inputs.
template <class T, Index In> using InputRegister = Lanes<T, std::min(native_width<T>, std::bit_floor(static_cast<std::size_t>(In)))>;

// dW [Out, In], inputs [first, first + Columns registers): += the products of dy [rows, Out] and x [rows, In]. Inputs before `from`
// are done already: they are added zero or, where !add, come out the same again.
template <Index Columns, Index Rows, Index In, Index Out, class T, class L>
constexpr void input_columns(const L* x, const L* dy, T* dw, L* scratch, Index rows, Index first, Index from, bool add) {
    using Register = InputRegister<T, In>;
    constexpr Index width = lane_count<L>, column = lane_count<Register>, across = Columns * column;
    T* const panel = numbers(scratch);
    for (Index r = 0; r < rows; ++r) transpose(numbers(x + r * In + first), width, across, width, panel + r * width * across, across);
    if (add && from > first)
        for (Index s = 0; s < rows * width; ++s) std::fill_n(panel + s * across, from - first, T(0));
    constexpr Strides known{.a_row = width, .a_step = 1, .b_column = column, .b_step = across, .c_column = column, .depth = width,
                            .segments = Rows == 1 ? 1 : 0};
    multiply_rows<Out, gradient_rows<Columns>, Columns, Register, known>(OuterProduct<T>{
        .a = numbers(dy), .b = panel, .c = dw + first, .add = add,
        .strides = {.c_row = In, .segments = rows, .a_segment = Out * width, .b_segment = width * across}});
}

template <Index Rows, Index In, Index Out, class T, class L> constexpr void weight_gradient(const L* x, const L* dy, T* dw, L* scratch, Index rows, bool add) {
    constexpr Index width = lane_count<InputRegister<T, In>>, block = gradient_columns * width, full = In / block * block;
    for (Index i = 0; i < full; i += block) input_columns<gradient_columns, Rows, In, Out>(x, dy, dw, scratch, rows, i, i, add);
    // What is left over: registers of which the first overlaps inputs that are done or, if there are none, the last does.
    constexpr Index left = (In - full + width - 1) / width;
    if constexpr (left > 0 && left * width <= In) {
        input_columns<left, Rows, In, Out>(x, dy, dw, scratch, rows, In - left * width, full, add);
    } else if constexpr (left > 0) {
        input_columns<left - 1, Rows, In, Out>(x, dy, dw, scratch, rows, 0, 0, add);
        input_columns<1, Rows, In, Out>(x, dy, dw, scratch, rows, In - width, (left - 1) * width, add);
    }
}

template <class T, class L> [[gnu::noinline]] constexpr void bias_gradient(const L* dy, std::size_t rows, std::size_t out, T* db, bool first) {
    constexpr std::size_t width = lane_count<L> / registers_in<L>;
    using Register = Lanes<T, width>;
    for (std::size_t o = 0; o < out; o += width) {
        const std::size_t count = std::min(width, out - o);
        Register sums[width];
        for (Register& zero : sums) zero = Register(T(0));
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t i = 0; i < count; ++i)
                for (std::size_t k = 0; k < lane_count<L>; k += width) sums[i] += load_lanes<Register>(numbers(dy + r * out + o + i) + k);
        T totals[width]{};
        sums_of_lanes<width>(sums, totals);
        for (std::size_t i = 0; i < count; ++i) db[o + i] = first ? totals[i] : db[o + i] + totals[i];
    }
}
}  // namespace detail

// What parameter_gradient needs besides: the inputs it has transposed.
template <std::size_t Rows, std::size_t In, std::size_t Out>
using Scratch = Shape<std::min(Rows, detail::rows_together), static_cast<std::size_t>(detail::gradient_columns) * native_width<float>>;
// What input_gradient may have besides, to be faster: a panel of transposed weights, for many rows.
template <std::size_t Rows, std::size_t In, std::size_t Out>
using Panel = Shape<Rows < detail::rows_for_panels || In * Out <= detail::weights_for_panels
                        ? 0 : detail::panel_rows * (detail::panel_depth + detail::panel_padding) / native_width<float>>;

// "affine 6x2": by which blocks of outputs and registers forward goes.
template <std::size_t Rows, std::size_t Out, class L> constexpr Text plan() {
    return text("affine ", block_text(detail::forward_block<static_cast<Index>(Rows), static_cast<Index>(Out), L>()));
}

// b.data may be null: a product without bias.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L>
constexpr void forward(View<Shape<Out, In>, const T> w, View<Shape<Out>, const T> b, View<Shape<Rows, In>, const L> x, View<Shape<Rows, Out>, L> y) {
    detail::multiply_packs<Rows, Out, In, false>(w.data, b.data, x.data, y.data, false, View<Shape<0>, L>{nullptr});
}

// Overwrites dx or, where `add`, adds to it.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L, class Room = Shape<0>>
constexpr void input_gradient(View<Shape<Out, In>, const T> w, View<Shape<Rows, Out>, const L> dy, View<Shape<Rows, In>, L> dx, bool add = false,
                              View<Room, L> panel = View<Shape<0>, L>{nullptr}) {
    detail::multiply_packs<Rows, In, Out, true>(w.data, static_cast<const T*>(nullptr), dy.data, dx.data, add, panel);
}

// Adds to dw and db or, where `first`, overwrites them. db.data may be null.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T, class L>
constexpr void parameter_gradient(View<Shape<Rows, In>, const L> x, View<Shape<Rows, Out>, const L> dy, View<Shape<Out, In>, T> dw,
                                  View<Shape<Out>, T> db, View<Scratch<Rows, In, Out>, L> scratch, bool first) {
    if (db.data) detail::bias_gradient(dy.data, Rows, Out, db.data, first);
    if constexpr (lane_count<L> == 1) {  // x is in order already
        constexpr Strides known{.a_row = 1, .a_step = Out, .b_column = 1, .b_step = In, .c_row = In, .c_column = 1, .depth = Rows, .segments = 1};
        OuterProduct<T> p{.a = dy.data, .b = x.data, .c = dw.data, .add = !first};
        for (std::size_t i = 0; i + 2 <= In; i += 2, p.b += 2, p.c += 2) multiply_rows<Out, detail::rows_by_two, 2, L, known>(p);
        if constexpr (In % 2 == 1) multiply_rows<Out, detail::rows_by_two, 1, L, known>(p);
    } else {
        for (std::size_t r = 0; r < Rows; r += detail::rows_together)
            detail::weight_gradient<Rows, In, Out>(x.data + r * In, dy.data + r * Out, dw.data, scratch.data,
                                             static_cast<Index>(std::min(detail::rows_together, Rows - r)), r > 0 || !first);
    }
}

}  // namespace kiln::affine
