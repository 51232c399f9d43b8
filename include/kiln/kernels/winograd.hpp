#pragma once
#include <algorithm>
#include <cstddef>
#include "kiln/core/arrays.hpp"
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/blocks.hpp"
#include "kiln/kernels/outer_product.hpp"

namespace kiln::winograd {
namespace detail {

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

// A pack's register as the micro-kernel knows it, and how many numbers it holds.
template <class L> using Register = Lanes<scalar<L>, lane_count<L> / registers_in<L>>;
template <class L> inline constexpr Index width = lane_count<L>;
template <class L> inline constexpr Index register_width = lane_count<Register<L>>;

template <class L> constexpr auto* numbers(L* packs) {
    if constexpr (lane_count<L> == 1) return packs;
    else return reinterpret_cast<std::conditional_t<std::is_const_v<L>, const scalar<L>, scalar<L>>*>(packs);
}

// An image's planes, and how its tiles of Size x Size pixels lie on it: `across` in a row, the first one's corner at (-padding, -padding).
struct Image {
    Index height, width, padding, across;
    constexpr Index plane() const { return height * width; }
};

// Calls f(row, column) with the corner of each of `count` tiles of Step x Step pixels, and its number from 0.
template <Index Step> constexpr void for_each_tile(const Image& image, Index first, Index count, auto&& f) {
    for (Index n = 0, r = first / image.across, c = first % image.across; n < count; ++n) {
        f(n, r * Step - image.padding, c * Step - image.padding);
        if (++c == image.across) c = 0, ++r;
    }
}

// The values of some tiles, M::size pixels wide and Step pixels apart, of every channel: to [point][channel][tile] of packs.
// An image is 0 beyond its edge.
template <class M, Index Step, class L>
[[gnu::noinline]] void tiles_to_values(const scalar<L>* in, const Image& image, Index channels, Index first, Index count, scalar<L>* to,
                                       Index point_stride, Index channel_stride) {
    using R = Register<L>;
    using T = scalar<L>;
    for (Index channel = 0; channel < channels; ++channel, in += image.plane() * width<L>, to += channel_stride)
        for_each_tile<Step>(image, first, count, [&](Index tile, Index row, Index column) __attribute__((always_inline)) {
            T inside[M::size * M::size * width<L>];
            const Index corner = (row * image.width + column) * width<L>;  // may lie before the image
            const T* from = in;
            Index at = corner, stride = image.width * width<L>;
            if (row < 0 || column < 0 || row + M::size > image.height || column + M::size > image.width) {
                const Index left = std::clamp(-column, Index{0}, M::size), right = std::clamp(image.width - column, left, M::size);
                for (Index r = 0; r < M::size; ++r) {
                    T* const line = inside + r * M::size * width<L>;
                    std::fill_n(line, M::size * width<L>, T(0));
                    if (row + r >= 0 && row + r < image.height)
                        std::copy(in + (corner + r * stride + left * width<L>), in + (corner + r * stride + right * width<L>), line + left * width<L>);
                }
                from = inside, at = 0, stride = M::size * width<L>;
            }
            for (Index part = 0; part < width<L>; part += register_width<L>)
                to_values<M, R>([=](Index r, Index c) __attribute__((always_inline)) { return load_lanes<R>(from + (at + r * stride + c * width<L> + part)); },
                                [=](Index p, Index q, const R& v) __attribute__((always_inline)) {
                                    store_lanes(to + (p * values + q) * point_stride + tile * width<L> + part, v);
                                });
        });
}

// The outputs of some tiles, from their values [point][channel][tile]; what lies beyond the edge is left out. bias may be null.
template <class M, class L>
[[gnu::noinline]] void tiles_from_values(const scalar<L>* from, Index point_stride, Index channel_stride, const scalar<L>* bias, scalar<L>* out,
                                         const Image& image, Index channels, Index first, Index count) {
    using R = Register<L>;
    using T = scalar<L>;
    for (Index channel = 0; channel < channels; ++channel, out += image.plane() * width<L>, from += channel_stride) {
        const R start(bias ? bias[channel] : T(0));
        for_each_tile<M::size>(image, first, count, [&](Index tile, Index row, Index column) __attribute__((always_inline)) {
            T whole[M::size * M::size * width<L>];
            T* const corner = out + (row * image.width + column) * width<L>;
            const Index rows = std::min(M::size, image.height - row), columns = std::min(M::size, image.width - column);
            const bool inside = rows == M::size && columns == M::size;
            T* const to = inside ? corner : whole;
            const Index stride = (inside ? image.width : M::size) * width<L>;
            for (Index part = 0; part < width<L>; part += register_width<L>)
                from_values<M, R>(
                    [=](Index p, Index q) __attribute__((always_inline)) {
                        return load_lanes<R>(from + (p * values + q) * point_stride + tile * width<L> + part);
                    },
                    [=](Index r, Index c, const R& x) __attribute__((always_inline)) { store_lanes(to + r * stride + c * width<L> + part, start + x); });
            if (!inside)
                for (Index r = 0; r < rows; ++r) std::copy_n(whole + r * stride, columns * width<L>, corner + r * image.width * width<L>);
        });
    }
}

// What is shared by narrow lanes: blocks are made for the machine's registers, and with fewer lanes they shrink, so that their numbers take
// no more packs.
template <class L> constexpr Index shrunk(Index most) {
    constexpr Index native = static_cast<Index>(native_width<float>);
    return std::max(Index{1}, most * std::min(width<L>, native) / native);
}

inline constexpr Index block_outputs = 16;
inline constexpr Index gap = 2;

// How many tiles are transformed together.
constexpr Index group_of(Index channels, Index tiles) {
    return std::clamp(320 / (channels + block_outputs) / 2 * 2, Index{2}, std::max(Index{2}, (tiles + 1) / 2 * 2));
}
constexpr Index packs_of_weights(Index depth, Index outputs) {
    constexpr Index native = static_cast<Index>(native_width<float>);
    return (outputs + block_outputs - 1) / block_outputs * points * ((depth + 1) * block_outputs + native - 1) / native;
}
constexpr Index correlation_packs(Index depth, Index outputs, Index tiles) {
    const Index group = group_of(depth, tiles);
    return points * (depth * group + gap) + points * (block_outputs * group + gap) + packs_of_weights(depth, outputs);
}

template <class T> struct Correlation {
    const T* w;
    Index output_stride, depth_stride;
    bool turned;  // by 180 degrees
    const T* bias;
    const T* in;
    T* out;
    Image input, output;
    Index depth, tiles, group;
    T* scratch;
};

// The weights of Outputs channels, from w on: to [point][depth][block].
template <Index Size, Index Outputs, class L>
[[gnu::noinline]] void weights_to_values(const Correlation<scalar<L>>& p, const scalar<L>* w, scalar<L>* taps, scalar<L>* to) {
    using T = scalar<L>;
    constexpr Index block = shrunk<L>(block_outputs), area = Size * Size;
    using R = Lanes<T, std::min<std::size_t>(native_width<T>, std::bit_floor(static_cast<std::size_t>(block)))>;
    constexpr Index step = lane_count<R>;
    if constexpr (Outputs % step != 0) std::fill_n(taps, p.depth * area * block, T(0));
    const Index together = p.depth_stride == area ? p.depth : 1;
    for (Index d = 0; d < p.depth; d += together)
        transpose(w + d * p.depth_stride, static_cast<std::size_t>(p.output_stride), Outputs, static_cast<std::size_t>(together * area),
                  taps + d * area * block, block);
    const Index point_stride = (p.depth + 1) * block;
    for (Index d = 0; d < p.depth; ++d, taps += area * block, to += block)
        for (Index o = 0; o < Outputs; o += step)
            to_values<OfKernel<Size>, R>(
                [&](Index r, Index c) __attribute__((always_inline)) {
                    const Index tap = r * Size + c;
                    return load_lanes<R>(taps + (p.turned ? area - 1 - tap : tap) * block + o);
                },
                [=](Index r, Index c, const R& u) __attribute__((always_inline)) { store_lanes(to + (r * values + c) * point_stride + o, u); });
}

template <Index Size, Index Outputs, class L> [[gnu::noinline]] void correlate(const Correlation<scalar<L>>& p) {
    using T = scalar<L>;
    using R = Register<L>;
    constexpr Index step = values + 1 - Size, most = shrunk<L>(block_outputs);
    using Blocks = Split<Outputs, most>;
    constexpr Index together = (Outputs + block_outputs - 1) / block_outputs;  // blocks whose weights the scratch has room for
    const auto block = [](Index b, auto&& f) __attribute__((always_inline)) {
        if constexpr (Blocks::larger > 0)
            if (b < Blocks::larger) return f.template operator()<Blocks::size + 1>(Blocks::start(b));
        f.template operator()<Blocks::size>(Blocks::start(b));
    };
    const Index group = std::max(Index{1}, p.group / registers_in<L>);
    const Index row = group * width<L>, v_stride = p.depth * row + gap * width<L>, m_stride = most * row + gap * width<L>;
    const Index u_stride = (p.depth + 1) * most;
    T *const v = p.scratch, *const m = v + points * v_stride, *const u = m + points * m_stride;

    for (Index begin = 0; begin < Blocks::count; begin += together) {
        const Index end = std::min(begin + together, Blocks::count);
        for (Index b = begin; b < end; ++b)
            block(b, [&]<Index Size_>(Index o) __attribute__((always_inline)) {
                weights_to_values<Size, Size_, L>(p, p.w + o * p.output_stride, v, u + (b - begin) * points * u_stride);
            });
        for (Index first = 0; first < p.tiles; first += group) {
            const Index count = std::min(group, p.tiles - first);
            tiles_to_values<OfInput, step, L>(p.in, p.input, p.depth, first, count, v, v_stride, row);
            for (Index b = begin; b < end; ++b)
                block(b, [&]<Index Size_>(Index o) __attribute__((always_inline)) {
                    constexpr Strides known{.a_row = 1, .a_step = most, .b_column = register_width<L>, .c_column = register_width<L>, .segments = 1};
                    for (Index point = 0; point < points; ++point)
                        for (Index column = 0; column < count * width<L>; column += 2 * register_width<L>)
                            multiply_rows<Size_, register_count >= 32 ? 8 : 6, 2, R, known>(
                                OuterProduct<T>{.a = u + ((b - begin) * points + point) * u_stride,
                                                .b = v + point * v_stride + column,
                                                .c = m + point * m_stride + column,
                                                .strides = {.b_step = row, .c_row = row, .depth = p.depth}});
                    tiles_from_values<OfOutput<step>, L>(m, m_stride, row, p.bias ? p.bias + o : nullptr, p.out + o * p.output.plane() * width<L>, p.output,
                                                        Size_, first, count);
                });
        }
    }
}

// dW
inline constexpr Index gradient_outputs = 32, gradient_inputs = 32, gradient_group = 4;
constexpr Index gradient_packs(Index inputs, Index outputs, Index tiles) {
    constexpr Index native = static_cast<Index>(native_width<float>);
    const Index i = std::min(inputs, gradient_inputs), o = std::min(outputs, gradient_outputs), group = std::min(tiles, gradient_group);
    const Index wide = (i + native - 1) / native * native;
    return points * (i * group + gap) + points * (o * group + gap) + wide * group + points * (o * wide + native - 1) / native;
}

template <class T> struct WeightGradient {
    const T* x;
    const T* dy;
    T* dw;
    Image input, output;
    Index inputs, tiles, group;
    bool first;
    T* scratch;
};

template <Index Size, Index Inputs, class L>
[[gnu::noinline]] void weights_from_values(const scalar<L>* u, Index point_stride, Index row_stride, scalar<L>* dw, Index outputs, Index output_stride,
                                           bool first) {
    using T = scalar<L>;
    using R = Lanes<T, native_width<T>>;
    constexpr Index area = Size * Size, step = lane_count<R>;
    T taps[area * step], some[step * area];
    for (Index o = 0; o < outputs; ++o, u += row_stride, dw += output_stride)
        for (Index i = 0; i < Inputs; i += step) {
            from_values<OfKernel<Size>, R>(
                [=](Index p, Index q) __attribute__((always_inline)) { return load_lanes<R>(u + (p * values + q) * point_stride + i); },
                [&](Index r, Index c, const R& x) __attribute__((always_inline)) { store_lanes(taps + (r * Size + c) * step, x); });
            const Index count = std::min(step, Inputs - i);
            transpose(taps, step, area, static_cast<std::size_t>(count), some, area);
            for (Index n = 0; n < count * area; ++n) dw[i * area + n] = some[n] + (first ? T(0) : dw[i * area + n]);
        }
}

template <Index Size, Index Outputs, Index Inputs, class L> [[gnu::noinline]] void weight_gradient(const WeightGradient<scalar<L>>& p) {
    using T = scalar<L>;
    using R = Lanes<T, native_width<T>>;
    constexpr Index step = values + 1 - Size, area = Size * Size;
    constexpr Index most_outputs = shrunk<L>(std::min(Outputs, gradient_outputs));
    const Index group = std::max(Index{1}, p.group / registers_in<L>), row = group * width<L>;
    for_each_block<Outputs, most_outputs>([&]<Index O>(Index o) {
        for_each_block<Inputs, gradient_inputs>([&]<Index I>(Index i) {
            constexpr Index lanes = lane_count<R>, wide = (I + lanes - 1) / lanes * lanes;
            const Index v_stride = I * row + gap * width<L>, m_stride = O * row + gap * width<L>, u_stride = O * wide;
            T *const v = p.scratch, *const m = v + points * v_stride, *const panel = m + points * m_stride, *const u = panel + wide * row;
            if constexpr (wide > I) std::fill_n(panel, wide * row, T(0));
            for (Index first = 0; first < p.tiles; first += group) {
                const Index count = std::min(group, p.tiles - first);
                tiles_to_values<OfInput, step, L>(p.x + i * p.input.plane() * width<L>, p.input, I, first, count, v, v_stride, row);
                tiles_to_values<OfOutput<step>, step, L>(p.dy + o * p.output.plane() * width<L>, p.output, O, first, count, m, m_stride, row);
                for (Index point = 0; point < points; ++point) {
                    const Index depth = count * width<L>;
                    transpose(v + point * v_stride, static_cast<std::size_t>(row), I, static_cast<std::size_t>(depth), panel, wide);
                    constexpr Strides known{.a_step = 1, .b_column = lanes, .b_step = wide, .c_row = wide, .c_column = lanes, .segments = 1};
                    constexpr Index columns = 4;
                    OuterProduct<T> product{.a = m + point * m_stride, .b = panel, .c = u + point * u_stride, .add = first > 0,
                                            .strides = {.a_row = row, .depth = depth}};
                    for (Index n = 0; n + columns * lanes <= wide; n += columns * lanes, product.b += columns * lanes, product.c += columns * lanes)
                        multiply_rows<O, 2, columns, R, known>(product);
                    constexpr Index left = wide / lanes % columns;
                    if constexpr (left > 0) multiply_rows<O, left == 1 ? 8 : 4, left, R, known>(product);
                }
            }
            weights_from_values<Size, I, L>(u, u_stride, wide, p.dw + (o * Inputs + i) * area, O, Inputs * area, p.first);
        });
    });
}

}  // namespace detail

// What the three need besides, for the larger of them.
template <class Weight, class Input, class Output, std::size_t Padding> inline constexpr std::size_t scratch_packs = 0;

template <class Weight, class In, class Out> struct Plan {
    static constexpr Index size = Weight::extents[2], step = detail::values + 1 - size;
    static constexpr Index outputs = Weight::extents[0], inputs = Weight::extents[1];
    static constexpr Index height = In::extents[1], width = In::extents[2], out_height = Out::extents[1], out_width = Out::extents[2];
    static constexpr Index padding = (out_height + size - 1 - height) / 2;
    static constexpr Index across(Index extent) { return (extent + step - 1) / step; }
    static constexpr Index tiles = across(out_height) * across(out_width), input_tiles = across(height) * across(width);
    using Scratch = Shape<static_cast<std::size_t>(std::max({detail::correlation_packs(inputs, outputs, tiles), detail::correlation_packs(outputs, inputs, input_tiles),
                                                             detail::gradient_packs(inputs, outputs, tiles)}))>;
};

template <class Weight, class Bias, class In, class Out, class T, class L, class S>
void forward(View<Weight, const T> w, View<Bias, const T> b, View<In, const L> x, View<Out, L> y, View<S, L> scratch) {
    using P = Plan<Weight, In, Out>;
    using namespace detail;
    constexpr Index area = P::size * P::size;
    correlate<P::size, P::outputs, L>({.w = w.data, .output_stride = P::inputs * area, .depth_stride = area, .turned = false, .bias = b.data,
        .in = numbers(x.data), .out = numbers(y.data), .input = {P::height, P::width, P::padding, P::across(P::out_width)},
        .output = {P::out_height, P::out_width, 0, P::across(P::out_width)}, .depth = P::inputs, .tiles = P::tiles, .group = group_of(P::inputs, P::tiles),
        .scratch = numbers(scratch.data)});
}
template <class Weight, class In, class Out, class T, class L, class S>
void input_gradient(View<Weight, const T> w, View<Out, const L> dy, View<In, L> dx, View<S, L> scratch) {
    using P = Plan<Weight, In, Out>;
    using namespace detail;
    constexpr Index area = P::size * P::size;
    correlate<P::size, P::inputs, L>({.w = w.data, .output_stride = area, .depth_stride = P::inputs * area, .turned = true, .bias = nullptr,
        .in = numbers(dy.data), .out = numbers(dx.data), .input = {P::out_height, P::out_width, P::size - 1 - P::padding, P::across(P::width)},
        .output = {P::height, P::width, 0, P::across(P::width)}, .depth = P::outputs, .tiles = P::input_tiles, .group = group_of(P::outputs, P::input_tiles),
        .scratch = numbers(scratch.data)});
}
template <class Weight, class In, class Out, class T, class L, class S>
void weight_gradient(View<In, const L> x, View<Out, const L> dy, View<Weight, T> dw, View<S, L> scratch, bool first) {
    using P = Plan<Weight, In, Out>;
    using namespace detail;
    detail::weight_gradient<P::size, P::outputs, P::inputs, L>({.x = numbers(x.data), .dy = numbers(dy.data), .dw = dw.data,
        .input = {P::height, P::width, P::padding, P::across(P::out_width)}, .output = {P::out_height, P::out_width, 0, P::across(P::out_width)},
        .inputs = P::inputs, .tiles = P::tiles, .group = std::min(P::tiles, gradient_group), .first = first, .scratch = numbers(scratch.data)});
}

}  // namespace kiln::winograd
