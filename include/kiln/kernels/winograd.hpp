// Winograd's convolution of a tile of samples, and its gradients: kernels/convolution.hpp's y, dx and dw for kernels of K x K, K from 2 to 5,
// with stride 1, dilation 1 and one group.
//
//     y = A^T [sum over i of (G w[o][i] G^T) * (B^T x[i] B)] A        for every tile of m x m outputs, m = 7 - K
//     dx                                                             the same of dy, with the kernels turned by 180 degrees
//     dw[o][i] = G^T [sum over tiles, lanes of (A dy[o] A^T) * (B^T x[i] B)] G
//
//     x, dx [I, H, W]    w, dw [O, I, K, K]    b [O]    y, dy [O, OH, OW]    * number by number, of 6 x 6
//
// So a tile takes 36 multiply-adds for each o and i instead of (m K)^2: 144 of a 3x3 kernel, F(4x4, 3x3), and 100 of 5x5, F(2x2, 5x5).
// A. Lavin and S. Gray: Fast algorithms for convolutional neural networks, 2015. B, G and A evaluate polynomials at 0, 1, -1, 2, -2 and
// infinity, whatever K is; only the number of columns differs.
//
// Every number is a pack of samples, so that transforms are sums of packs. Between them stand, for each of the 36 values, matrix products
// of kernels [O, I], transformed once in a call, and a few tiles [I, tiles] that stay in the second cache with all their inputs; sums of 16
// outputs are transformed back while they are there. For dw a value's inputs are transposed, [I][lane] to [lane][I], as in kernels/affine.hpp.
//
// Percent of a Zen 3 core's peak (AVX2, g++ 12, 8 lanes), counted in the direct convolution's multiply-adds; `three` are all three passes:
//
//     channels, pixels, kernel       forward  dx   dw   three  direct        channels, pixels, kernel       three  direct
//     64 -> 64,   32x32, 3x3, pad 1    267    264  238   256     88          8 -> 8,   28x28, 3x3, pad 1     112     93
//     16 -> 16,   32x32, 3x3, pad 1    173    173  166   170     79          3 -> 16,  32x32, 3x3, pad 1      69     84
//     32 -> 32,   16x16, 3x3, pad 1    207    204  195   202     90          16 -> 16, 16x16, 5x5, pad 2     116     93
//     64 -> 64,     8x8, 3x3, pad 1    213    200  160   188     90          64 -> 64, 16x16, 5x5, pad 2     171     91
//     128 -> 128,   8x8, 3x3, pad 1    236    219  157   198     85          6 -> 16,  12x12, 5x5             64     96
//
// The first column's first four with clang 19: 241, 155, 195, 185. The products themselves run near the peak; the rest are transforms,
// whose share falls with the channels. Tried, on 64 -> 64 of 32x32: values stored [channel][value][tile] instead of [value][channel][tile],
// within 3 %; packs of two registers, 225, and transformed as a whole, not register by register, a fifth slower, since the sums spill.
//
// Rounding: errors relative to the sum of |w| |x| behind a number, for x and w uniform in [-1, 1], in float, for 3x3 kernels of 64 channels of
// 32x32 and 8x8 and 16 of 32x32: of y and dx at most 3.3e-6, rms 1.4e-7 (direct 2.8e-7, 2.4e-8); of dw at most 1.1e-6, rms 9.5e-8 (direct
// 4.6e-8, 9e-9). Eight epochs of the benchmarks' conv64 end at a loss of 2.192693, direct 2.192699, and are never further apart than 6e-6.
#pragma once
#include <algorithm>
#include <cstddef>
#include <type_traits>
#include "kiln/core/arrays.hpp"
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/blocks.hpp"
#include "kiln/kernels/outer_product.hpp"
#include "kiln/kernels/winograd_transforms.hpp"

namespace kiln::winograd {
namespace detail {

// A pack's register as the micro-kernel knows it.
template <class L> using Register = Lanes<scalar<L>, lane_count<L> / registers_in<L>>;
template <class L> [[gnu::always_inline]] constexpr Register<L> load_part(const L& x, Index part) {
    Register<L> result;
    register_of(result, 0) = register_of(x, part);
    return result;
}
template <class L> [[gnu::always_inline]] constexpr void store_part(L& to, Index part, const Register<L>& x) { register_of(to, part) = register_of(x, 0); }

// What kernels go through: the machine's registers, or narrower ones; of one lane single numbers, which a constant expression has too.
template <class L, std::size_t Most = native_width<scalar<L>>>
using KernelRegister = Lanes<scalar<L>, lane_count<L> == 1 ? 1 : std::min(native_width<scalar<L>>, Most)>;

// An image's planes, and how tiles lie on it: `across` in a row, the corner of the first `top` and `left` pixels outside.
struct Image {
    Index height, width, top, left, across;
    constexpr Index plane() const { return height * width; }
};

// Calls f(tile, row, column) with the corner of each of `count` tiles Step pixels apart; tile counts from 0.
template <Index Step> constexpr void for_each_tile(const Image& image, Index first, Index count, auto&& f) {
    for (Index n = 0, r = first / image.across, c = first % image.across; n < count; ++n) {
        f(n, r * Step - image.top, c * Step - image.left);
        if (++c == image.across) c = 0, ++r;
    }
}

// The values of some tiles of M::size pixels, Step apart, in every channel: to [value][value][channel][group]. Outside, an image is 0.
// (The addresses are captured by value: else g++ reads them again after every store, which cost a tenth of a convolution.)
template <class M, Index Step, class L>
[[gnu::noinline]] constexpr void tiles_to_values(const L* in, const Image& image, Index channels, Index first, Index count, L* to, Index group, Index stride) {
    for (Index channel = 0; channel < channels; ++channel, in += image.plane(), to += group)
        for_each_tile<Step>(image, first, count, [&](Index tile, Index row, Index column) __attribute__((always_inline)) {
            L framed[M::size * M::size];
            const L* from = in;
            Index corner = row * image.width + column, pitch = image.width;
            if (row < 0 || column < 0 || row + M::size > image.height || column + M::size > image.width) {
                std::fill_n(framed, M::size * M::size, L(0));
                for (Index r = std::max(-row, Index{0}); r < std::min(M::size, image.height - row); ++r)
                    for (Index c = std::max(-column, Index{0}); c < std::min(M::size, image.width - column); ++c)
                        framed[r * M::size + c] = in[corner + r * pitch + c];
                from = framed, corner = 0, pitch = M::size;
            }
            for (Index part = 0; part < registers_in<L>; ++part)
                to_values<M, Register<L>>(
                    [=](Index r, Index c) __attribute__((always_inline)) { return load_part(from[corner + r * pitch + c], part); },
                    [=, at = to + tile](Index p, Index q, const Register<L>& v) __attribute__((always_inline)) {
                        store_part(at[(p * values + q) * stride], part, v);
                    });
        });
}

// The other way, by M's transpose: images of tiles of M::size pixels, without what lies outside. bias may be null.
template <class M, class L>
[[gnu::noinline]] constexpr void tiles_from_values(const L* from, Index group, Index stride, const scalar<L>* bias, L* out, const Image& image, Index channels,
                                         Index first, Index count) {
    for (Index channel = 0; channel < channels; ++channel, out += image.plane(), from += group) {
        const Register<L> start(bias ? bias[channel] : 0);
        for_each_tile<M::size>(image, first, count, [&](Index tile, Index row, Index column) __attribute__((always_inline)) {
            L framed[M::size * M::size];
            L* const corner = out + row * image.width + column;
            const Index rows = std::min(M::size, image.height - row), columns = std::min(M::size, image.width - column);
            const bool inside = rows == M::size && columns == M::size;
            L* const to = inside ? corner : framed;
            const Index pitch = inside ? image.width : M::size;
            for (Index part = 0; part < registers_in<L>; ++part)
                from_values<M, Register<L>>(
                    [=, at = from + tile](Index p, Index q) __attribute__((always_inline)) { return load_part(at[(p * values + q) * stride], part); },
                    [=](Index r, Index c, const Register<L>& x) __attribute__((always_inline)) { store_part(to[r * pitch + c], part, start + x); });
            if (!inside)
                for (Index r = 0; r < rows; ++r)
                    for (Index c = 0; c < columns; ++c) corner[r * image.width + c] = framed[r * M::size + c];
        });
    }
}

// Blocks of channels are made for packs of the machine's registers. With fewer lanes they shrink, so that what numbers they have for
// themselves takes no more packs.
inline constexpr Index native = static_cast<Index>(native_width<float>);
template <class L> constexpr Index shrunk(Index channels) {
    return std::max(Index{1}, channels * std::min(static_cast<Index>(lane_count<L>), native) / native);
}
// Outputs whose sums are in the cache together, and the outputs, inputs and tiles that dw takes together. dw of 64 -> 64, 32x32, in percent
// as above: 64 x 32 kernels and 4 tiles 238, 32 x 32 and 4 213, 32 x 32 and 8 209, 64 x 16 and 8 203; 64 x 64 and 4 would be 245, with a fifth
// more scratch than the other passes need.
inline constexpr Index block_outputs = std::min(Index{16}, 2 * native);
inline constexpr Index gradient_outputs = 64, gradient_inputs = 32, gradient_tiles = 4;
// Between one point's numbers and the next one's: their distance shall be no multiple of 4 KiB, or they meet in the same set of L1.
inline constexpr Index gap = 2;

// How many tiles are taken together: an even number, for the micro-kernel's two columns; with wider packs as many registers.
constexpr Index group_of(Index depth, Index tiles) {
    return std::clamp(320 / (depth + block_outputs) / 2 * 2, Index{2}, std::max(Index{2}, (tiles + 1) / 2 * 2));
}
template <class L> constexpr Index narrowed(Index group) { return std::max(Index{1}, group / registers_in<L>); }

constexpr Index correlation_packs(Index depth, Index outputs, Index tiles) {
    const Index group = group_of(depth, tiles), blocks = (outputs + block_outputs - 1) / block_outputs;
    return points * ((depth + block_outputs) * group + 2 * gap + blocks * ((depth + 1) * block_outputs / native + 1));
}
constexpr Index gradient_packs(Index inputs, Index outputs, Index tiles) {
    const Index group = std::min(gradient_tiles, tiles), most = std::min(outputs, gradient_outputs);
    const auto whole = [](Index n) { return (n + native - 1) / native * native; };
    const Index wide = whole(std::min(inputs, gradient_inputs));
    return points * ((wide + most) * group + 2 * gap) + wide * group + points * whole(most) * wide / native;
}

// A correlation of `depth` channels with kernels w + o output_stride + d depth_stride, as they are or turned by 180 degrees.
template <class L> struct Correlation {
    const scalar<L>* w;
    Index output_stride, depth_stride;
    bool turned;
    const scalar<L>* bias;
    const L* in;
    L* out;
    Image input, output;
    Index depth, tiles;
    L* scratch;
};

// The values of the kernels of Outputs channels, from w on: to [value][value][depth][block]; `taps` has room for their transpose.
template <Index Size, Index Outputs, class L>
[[gnu::noinline]] constexpr void kernels_to_values(const Correlation<L>& p, const scalar<L>* w, scalar<L>* taps, scalar<L>* to) {
    using T = scalar<L>;
    constexpr Index block = shrunk<L>(block_outputs), area = Size * Size;
    using R = KernelRegister<L, block>;
    constexpr Index step = lane_count<R>;
    if constexpr (Outputs % step != 0) std::fill_n(taps, p.depth * area * block, T(0));
    const Index together = p.depth_stride == area ? p.depth : 1, stride = (p.depth + 1) * block;
    for (Index d = 0; d < p.depth; d += together)
        transpose(w + d * p.depth_stride, static_cast<std::size_t>(p.output_stride), Outputs, static_cast<std::size_t>(together * area),
                  taps + d * area * block, block);
    for (Index d = 0; d < p.depth; ++d, taps += area * block, to += block)
        for (Index o = 0; o < Outputs; o += step)
            to_values<OfKernel<Size>, R>(
                [=, first = taps + o, turned = p.turned](Index r, Index c) __attribute__((always_inline)) {
                    const Index tap = r * Size + c;
                    return load_lanes<R>(first + (turned ? area - 1 - tap : tap) * block);
                },
                [=, at = to + o](Index r, Index c, const R& u) __attribute__((always_inline)) { store_lanes(at + (r * values + c) * stride, u); });
}

template <Index Size, Index Outputs, class L> [[gnu::noinline]] constexpr void correlate(const Correlation<L>& p) {
    using T = scalar<L>;
    constexpr Index step = values + 1 - Size, most = shrunk<L>(block_outputs), width = lane_count<L>, column = lane_count<Register<L>>;
    using Blocks = Split<Outputs, most>;
    constexpr Index together = (Outputs + block_outputs - 1) / block_outputs;  // blocks whose kernels the scratch has room for
    const auto block = [](Index b, auto&& f) __attribute__((always_inline)) {
        if constexpr (Blocks::larger > 0)
            if (b < Blocks::larger) return f.template operator()<Blocks::size + 1>(Blocks::start(b));
        f.template operator()<Blocks::size>(Blocks::start(b));
    };
    const Index group = narrowed<L>(group_of(p.depth, p.tiles)), row = group * width;
    const Index v_stride = p.depth * group + gap, m_stride = most * group + gap, u_stride = (p.depth + 1) * most;
    L *const v = p.scratch, *const m = v + points * v_stride;
    T* const u = numbers(m + points * m_stride);

    for (Index begin = 0; begin < Blocks::count; begin += together) {
        const Index end = std::min(begin + together, Blocks::count);
        for (Index b = begin; b < end; ++b)
            block(b, [&]<Index Count>(Index o) __attribute__((always_inline)) {
                kernels_to_values<Size, Count, L>(p, p.w + o * p.output_stride, numbers(v), u + (b - begin) * points * u_stride);
            });
        for (Index first = 0; first < p.tiles; first += group) {
            const Index count = std::min(group, p.tiles - first);
            tiles_to_values<OfInput, step>(p.in, p.input, p.depth, first, count, v, group, v_stride);
            if constexpr (registers_in<L> == 1)
                if (count % 2 == 1)  // the micro-kernel's second column
                    for (Index point = 0; point < points; ++point)
                        for (Index d = 0; d < p.depth; ++d) v[point * v_stride + d * group + count] = L(0);
            for (Index b = begin; b < end; ++b)
                block(b, [&]<Index Count>(Index o) __attribute__((always_inline)) {
                    constexpr Strides known{.a_row = 1, .a_step = most, .b_column = column, .c_column = column, .segments = 1};
                    for (Index point = 0; point < points; ++point)
                        for (Index n = 0; n < count * width; n += 2 * column)
                            multiply_rows<Count, register_count >= 32 ? 8 : 6, 2, Register<L>, known>(
                                OuterProduct<T>{.a = u + ((b - begin) * points + point) * u_stride,
                                                .b = numbers(v + point * v_stride) + n,
                                                .c = numbers(m + point * m_stride) + n,
                                                .strides = {.b_step = row, .c_row = row, .depth = p.depth}});
                    tiles_from_values<OfOutput<step>>(m, group, m_stride, p.bias ? p.bias + o : nullptr, p.out + o * p.output.plane(), p.output, Count,
                                                      first, count);
                });
        }
    }
}

template <class L> struct WeightGradient {
    const L* x;
    const L* dy;
    scalar<L>* dw;
    Image input, output;
    Index tiles;
    bool first;
    L* scratch;
};

// dw of Inputs kernels each of some outputs, from their values [value][value][output][wide].
template <Index Size, Index Inputs, class R, class T>
[[gnu::noinline]] constexpr void kernels_from_values(const T* u, Index wide, Index stride, T* dw, Index output_stride, Index outputs, bool first) {
    constexpr Index area = Size * Size, step = lane_count<R>;
    T taps[area * step], kernels[step * area];
    for (Index o = 0; o < outputs; ++o, u += wide, dw += output_stride)
        for (Index i = 0; i < Inputs; i += step) {
            from_values<OfKernel<Size>, R>(
                [=, at = u + i](Index p, Index q) __attribute__((always_inline)) { return load_lanes<R>(at + (p * values + q) * stride); },
                [&](Index r, Index c, const R& x) __attribute__((always_inline)) { store_lanes(taps + (r * Size + c) * step, x); });
            const Index count = std::min(step, Inputs - i);
            transpose(taps, step, area, static_cast<std::size_t>(count), kernels, area);
            T* const to = dw + i * area;
            for (Index n = 0; n < count * area; ++n) to[n] = kernels[n] + (first ? 0 : to[n]);
        }
}

template <Index Size, Index Outputs, Index Inputs, class L> [[gnu::noinline]] constexpr void weight_gradient(const WeightGradient<L>& p) {
    using T = scalar<L>;
    using R = KernelRegister<L>;
    constexpr Index step = values + 1 - Size, area = Size * Size, width = lane_count<L>, column = lane_count<R>;
    constexpr Index most = shrunk<L>(std::min(Outputs, gradient_outputs));
    const Index group = narrowed<L>(std::min(gradient_tiles, p.tiles)), row = group * width;
    for_each_block<Outputs, most>([&]<Index O>(Index o) {
        for_each_block<Inputs, gradient_inputs>([&]<Index I>(Index i) {
            constexpr Index wide = (I + column - 1) / column * column, u_stride = O * wide;
            const Index v_stride = I * group + gap, m_stride = O * group + gap;
            L *const v = p.scratch, *const m = v + points * v_stride;
            T *const panel = numbers(m + points * m_stride), *const u = panel + wide * row;
            if constexpr (wide > I) std::fill_n(panel, wide * row, T(0));
            for (Index first = 0; first < p.tiles; first += group) {
                const Index count = std::min(group, p.tiles - first), depth = count * width;
                tiles_to_values<OfInput, step>(p.x + i * p.input.plane(), p.input, I, first, count, v, group, v_stride);
                tiles_to_values<OfOutput<step>, step>(p.dy + o * p.output.plane(), p.output, O, first, count, m, group, m_stride);
                for (Index point = 0; point < points; ++point) {
                    transpose(numbers(v + point * v_stride), static_cast<std::size_t>(row), I, static_cast<std::size_t>(depth), panel, wide);
                    constexpr Strides known{.a_step = 1, .b_column = column, .b_step = wide, .c_row = wide, .c_column = column, .segments = 1};
                    constexpr Index columns = 4, left = wide / column % columns;
                    OuterProduct<T> product{.a = numbers(m + point * m_stride), .b = panel, .c = u + point * u_stride, .add = first > 0,
                                            .strides = {.a_row = row, .depth = depth}};
                    for (Index n = 0; n + columns * column <= wide; n += columns * column, product.b += columns * column, product.c += columns * column)
                        multiply_rows<O, 2, columns, R, known>(product);
                    if constexpr (left > 0) multiply_rows<O, 8 / left, left, R, known>(product);
                }
            }
            kernels_from_values<Size, I, R>(u, wide, u_stride, p.dw + (o * Inputs + i) * area, Inputs * area, O, p.first);
        });
    });
}

// What the three need to know of a convolution. The padding follows from the shapes.
template <class Weight, class Input, class Output> struct Plan;
template <std::size_t O, std::size_t I, std::size_t K, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW>
struct Plan<Shape<O, I, K, K>, Shape<I, H, W>, Shape<O, OH, OW>> {
    static_assert(K >= 2 && K <= 5, "kernels of 2 x 2 to 5 x 5");
    static_assert(OH + K > H && (OH + K - 1 - H) % 2 == 0 && OW + K > W && (OW + K - 1 - W) % 2 == 0, "y's extents are x's plus twice a padding, less K - 1");
    static constexpr Index size = K, step = values + 1 - size, area = size * size, inputs = I, outputs = O;
    static constexpr Index top = (OH + K - 1 - H) / 2, left = (OW + K - 1 - W) / 2;

    static constexpr Index tiles(Index extent) { return (extent + step - 1) / step; }
    static constexpr Index of_y = tiles(OH) * tiles(OW), of_x = tiles(H) * tiles(W);
    static constexpr Image x{H, W, top, left, tiles(OW)}, y{OH, OW, 0, 0, tiles(OW)};               // in tiles of y
    static constexpr Image dx{H, W, 0, 0, tiles(W)}, dy{OH, OW, size - 1 - top, size - 1 - left, tiles(W)};  // in tiles of dx
    static constexpr Index packs = std::max({correlation_packs(inputs, outputs, of_y), correlation_packs(outputs, inputs, of_x),
                                             gradient_packs(inputs, outputs, of_y)});
};

}  // namespace detail

// What each of the three needs besides.
template <class Weight, class Input, class Output>
using Scratch = Shape<static_cast<std::size_t>(detail::Plan<Weight, Input, Output>::packs)>;

// "winograd F(4x4,3x3)"
template <class Weight, class Input, class Output> constexpr Text plan() {
    using Plan = detail::Plan<Weight, Input, Output>;
    constexpr std::size_t outputs{Plan::step}, kernel{Plan::size};
    return text("winograd F(", outputs, "x", outputs, ",", kernel, "x", kernel, ")");
}

// y = b + w * x; b.data may be null.
template <class Weight, class Bias, class Input, class Output, class T, class L>
constexpr void forward(View<Weight, const T> w, View<Bias, const T> b, View<Input, const L> x, View<Output, L> y, View<Scratch<Weight, Input, Output>, L> scratch) {
    using P = detail::Plan<Weight, Input, Output>;
    detail::correlate<P::size, P::outputs, L>({.w = w.data, .output_stride = P::inputs * P::area, .depth_stride = P::area, .turned = false,
                                               .bias = b.data, .in = x.data, .out = y.data, .input = P::x, .output = P::y,
                                               .depth = P::inputs, .tiles = P::of_y, .scratch = scratch.data});
}

// dx, overwritten: the correlation of dy with the kernels turned around.
template <class Weight, class Input, class Output, class T, class L>
constexpr void input_gradient(View<Weight, const T> w, View<Output, const L> dy, View<Input, L> dx, View<Scratch<Weight, Input, Output>, L> scratch) {
    using P = detail::Plan<Weight, Input, Output>;
    detail::correlate<P::size, P::inputs, L>({.w = w.data, .output_stride = P::area, .depth_stride = P::inputs * P::area, .turned = true,
                                              .bias = nullptr, .in = dy.data, .out = dx.data, .input = P::dy, .output = P::dx,
                                              .depth = P::outputs, .tiles = P::of_x, .scratch = scratch.data});
}

// dw, summed over the lanes: overwritten where `first`, else added to what is there.
template <class Weight, class Input, class Output, class T, class L>
constexpr void weight_gradient(View<Input, const L> x, View<Output, const L> dy, View<Weight, T> dw, View<Scratch<Weight, Input, Output>, L> scratch, bool first) {
    using P = detail::Plan<Weight, Input, Output>;
    detail::weight_gradient<P::size, P::outputs, P::inputs, L>(
        {.x = x.data, .dy = dy.data, .dw = dw.data, .input = P::x, .output = P::y, .tiles = P::of_y, .first = first, .scratch = scratch.data});
}

}  // namespace kiln::winograd
