// Convolution of a tile, and its gradients, in PyTorch's meaning (a cross-correlation) and PyTorch's order of weights:
//
//     y[o][r][c]     = b[o] + sum over i, j, k of  w[o][i][j][k] x[i][r S + j D - P][c S + k D - P]
//     dx[i][.][.]    = the same products, gathered for each x
//     dw[o][i][j][k] = sum over r, c, lanes of  dy[o][r][c] x[i][r S + j D - P][c S + k D - P]
//     db[o]          = sum over r, c, lanes of  dy[o][r][c]
//
//     x, dx [I, H, W]    w, dw [O, I / groups, KH, KW]    b, db [O]    y, dy [O, OH, OW]
//
// x is zero in the padding, and nothing is multiplied there. Every element of x, y, dx and dy is a pack of samples.
//
// A transposed convolution is the same three the other way round: its forward is input_gradient, with a bias, its dx is
// forward, and its dw is weight_gradient with x and dy exchanged.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <type_traits>
#include <utility>
#include "kiln/core/arrays.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln::convolution {

struct Geometry {
    std::size_t stride_height = 1, stride_width = 1;
    std::size_t padding_height = 0, padding_width = 0;
    std::size_t dilation_height = 1, dilation_width = 1;
    std::size_t groups = 1;
};

// y's extent along an axis; 0 where the kernel does not fit in.
constexpr std::size_t output_extent(std::size_t input, std::size_t kernel, std::size_t stride = 1,
                                    std::size_t padding = 0, std::size_t dilation = 1) {
    const std::size_t reach = dilation * (kernel - 1) + 1;
    return input + 2 * padding < reach ? 0 : (input + 2 * padding - reach) / stride + 1;
}

namespace detail {
using kiln::detail::fma_of;

struct Range {
    Index begin, end;
};

// One axis of a correlation. Tap t of output p reads input p step + t tap_step + offset, if there is one, and multiplies it
// by weight first_weight + t weight_step; output p is element first_output + p output_step of its array.
// forward has one such axis; input_gradient has one for each of the stride's phases, since with stride 2 the even and the
// odd inputs meet different taps.
struct Axis {
    Index outputs, inputs, taps;
    Index step, tap_step, offset;
    Index first_weight = 0, weight_step = 1;
    Index first_output = 0, output_step = 1, output_extent = outputs;

    constexpr Index input(Index p, Index t) const { return p * step + t * tap_step + offset; }
    constexpr bool real(Index p, Index t) const { return 0 <= input(p, t) && input(p, t) < inputs; }
    // Whether outputs [p, end) read inputs only, no padding, by taps [t, t_end).
    constexpr bool interior(Index p, Index end, Index t, Index t_end) const {
        return t == t_end || (real(p, t) && real(p, t_end - 1) && real(end - 1, t) && real(end - 1, t_end - 1));
    }
    // The outputs for which tap t is real.
    constexpr Range real_outputs(Index t) const {
        const auto steps = [this](Index way) { return way <= 0 ? 0 : step == 1 ? way : (way + step - 1) / step; };
        const Index end = std::min(steps(inputs - input(0, t)), outputs);
        return {std::min(steps(-input(0, t)), end), end};
    }
    constexpr Index multiply_adds() const {
        Index count = 0;
        for (Index t = 0; t < taps; ++t) count += real_outputs(t).end - real_outputs(t).begin;
        return count;
    }
    // For dx at phase, phase + stride, phase + 2 stride, ... of a forward axis: x at q stride + phase met tap k of output
    // q + (phase - offset - k dilation) / stride wherever that is whole.
    constexpr Axis gradient(Index phase) const {
        const Index period = step / std::gcd(step, tap_step);  // from a tap that meets this phase to the next
        Index k = 0;
        while (k < std::min(period, taps) && (phase - offset - k * tap_step) % step != 0) ++k;
        const Index some = k < std::min(period, taps) ? (taps - k + period - 1) / period : 0;
        return {.outputs = (std::max(inputs - phase, Index{0}) + step - 1) / step,
                .inputs = outputs,
                .taps = some,
                .step = 1,
                .tap_step = -period * tap_step / step,
                .offset = some == 0 ? 0 : (phase - offset - k * tap_step) / step,
                .first_weight = k,
                .weight_step = period,
                .first_output = phase,
                .output_step = step,
                .output_extent = inputs};
    }
};

constexpr Axis axis(std::size_t outputs, std::size_t inputs, std::size_t kernel, std::size_t stride,
                    std::size_t padding, std::size_t dilation) {
    return {.outputs = static_cast<Index>(outputs),
            .inputs = static_cast<Index>(inputs),
            .taps = static_cast<Index>(kernel),
            .step = static_cast<Index>(stride),
            .tap_step = static_cast<Index>(dilation),
            .offset = -static_cast<Index>(padding)};
}

// The first of from, from + 1, ... of which f holds, or `to`.
constexpr Index first_of(Index from, Index to, auto f) {
    while (from < to && !f(from)) ++from;
    return from;
}

// How many taps each output of an axis takes; a long axis is judged by its beginning.
template <Axis columns> constexpr auto steps() {
    std::array<Index, std::min<std::size_t>(columns.outputs, 64)> steps{};
    for (std::size_t p = 0; p < steps.size(); ++p)
        for (Index t = 0; t < columns.taps; ++t) steps[p] += columns.real(static_cast<Index>(p), t);
    return steps;
}

// The channels of a correlation, and how far apart in memory the weights of neighbouring ones lie.
struct Channels {
    Index outputs, inputs;
    Index output_stride, input_stride, row_stride;
};

// Cuts a row of outputs into segments of at most Most, and calls f<Size, Start>(start) for each. Start is -1 where all taps
// meet the input, so that all such segments of one size share their code; the few others know theirs when compiled.
template <Axis columns, Index Most> [[gnu::always_inline]] constexpr void for_each_segment(auto&& f) {
    using Blocks = Split<columns.outputs, Most>;
    constexpr auto inside = [](Index s) {
        return columns.interior(Blocks::start(s), Blocks::start(s + 1), 0, columns.taps);
    };
    constexpr Index first = first_of(0, Blocks::count, inside);
    constexpr Index last =
        Blocks::count - first_of(0, Blocks::count - first, [=](Index s) { return inside(Blocks::count - 1 - s); });
    constexpr Index larger = std::clamp(Blocks::larger, first, last);
    const auto at_edge =
        [&]<Index From, Index... S>(std::integer_sequence<Index, S...>) __attribute__((always_inline)) {
            (f.template operator()<Blocks::start(From + S + 1) - Blocks::start(From + S), Blocks::start(From + S)>(
                 Blocks::start(From + S)),
             ...);
        };
    at_edge.template operator()<0>(std::make_integer_sequence<Index, first>{});
    if constexpr (first < larger)
        for (Index s = first; s < larger; ++s) f.template operator()<Blocks::size + 1, -1>(Blocks::start(s));
    if constexpr (larger < last)
        for (Index s = larger; s < last; ++s) f.template operator()<Blocks::size, -1>(Blocks::start(s));
    at_edge.template operator()<last>(std::make_integer_sequence<Index, Blocks::count - last>{});
}

// out = bias + the correlation of `in` with w, for one group of channels. Keyed on the columns and the channels, which shape
// the code; the rows only count. Rows go outermost: the few rows of the input that one row of outputs reads stay in L1 for all
// its channels (channels outermost: 5 to 40 % slower on 8 -> 8 channels of 28 x 28, Zen 3).
template <Axis columns, Channels channels, class L>
[[gnu::noinline]] constexpr void correlate(const Axis& rows, const scalar<L>* w, const scalar<L>* bias, const L* in,
                                           L* out) {
    using Register = std::remove_cvref_t<decltype(register_of(*out, 0))>;
    constexpr RegisterBlock block = best_block(channels.outputs, steps<columns>());
    const Index in_plane = rows.inputs * columns.inputs, in_row = rows.tap_step * columns.inputs;
    const Index out_width = columns.output_extent, out_plane = rows.output_extent * out_width;
    const Index w_row = rows.weight_step * channels.row_stride;

    for (Index r = 0; r < rows.outputs; ++r) {
        const Index tap = first_of(0, rows.taps, [&](Index t) { return rows.real(r, t); });
        const Index taps = first_of(tap, rows.taps, [&](Index t) { return !rows.real(r, t); }) - tap;
        const Index in_at = rows.input(r, tap) * columns.inputs + columns.offset;
        const Index out_at = (rows.first_output + r * rows.output_step) * out_width + columns.first_output;
        const Index w_at = (rows.first_weight + tap * rows.weight_step) * channels.row_stride + columns.first_weight;

        for_each_block<channels.outputs, block.rows>([&]<Index Outputs>(Index o0) __attribute__((always_inline)) {
            for_each_segment<columns, block.columns>([&]<Index Pixels, Index Start>(
                                                         Index c) __attribute__((always_inline)) {
                for (Index part = 0; part < registers_in<L>; ++part) {
                    // Known before the sums: when g++ 12 works it out after them, dx of 16 -> 16 channels, 3 x 3, 32 x 32, has 75 % of
                    // the peak instead of 88 (Zen 3).
                    L* const to = out + (out_at + o0 * out_plane + c * columns.output_step);
                    Register sums[Outputs][Pixels];
                    repeat<Outputs>([&](Index o) {
                        repeat<Pixels>([&](Index p) { sums[o][p] = Register(bias ? bias[o0 + o] : 0); });
                    });

                    for (Index j = 0; j < taps; ++j)
                        for (Index i = 0; i < channels.inputs; ++i) {
                            const Index at = in_at + c * columns.step + i * in_plane + j * in_row;
                            const scalar<L>* const weights =
                                w + (w_at + o0 * channels.output_stride + i * channels.input_stride + j * w_row);
#pragma GCC unroll 8
                            for (Index k = 0; k < columns.taps; ++k) {
                                const auto real = [&](Index p) { return Start < 0 || columns.real(Start + p, k); };
                                // At an edge and with one channel, taps load their own inputs (see hidden): dx of 6 -> 16
                                // channels, 5 x 5, 12 x 12, from 75 to 90 % of the peak with clang. Elsewhere sharing pays.
                                const L* const from = Outputs == 1 || Start >= 0 ? hidden(in) : in;
                                Register x[Pixels];
                                repeat<Pixels>([&](Index p) {
                                    x[p] = Register(0);
                                    if (!real(p)) return;
                                    x[p] = register_of(from[at + p * columns.step + k * columns.tap_step], part);
                                    if (Outputs > 1) x[p] = held(x[p]);
                                });
                                repeat<Outputs>([&](Index o) {
                                    const Register weight(
                                        weights[o * channels.output_stride + k * columns.weight_step]);
                                    repeat<Pixels>([&](Index p) {
                                        if (real(p)) sums[o][p] = fma_of(weight, x[p], sums[o][p]);
                                    });
                                });
                            }
                        }
                    repeat<Outputs>([&](Index o) {
                        repeat<Pixels>([&](Index p) { register_of(to[o * out_plane + p * columns.output_step], part) = sums[o][p]; });
                    });
                }
            });
        });
    }
}

// The sum of some packs: in four parts, since an addition waits for the one before.
template <class L> constexpr L total(const L* x, Index count) {
    L sums[4] = {L(0), L(0), L(0), L(0)};
    const Index whole = count / 4 * 4;
    for (Index n = 0; n < whole; n += 4) repeat<4>([&](Index part) { sums[part] += x[n + part]; });
    for (Index n = whole; n < count; ++n) sums[0] += x[n];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// How the weights are cut into blocks for their gradient: all columns of taps of a few input channels, or where there are too
// many some taps of one, for a few output channels.
struct Cut {
    Index inputs, taps, outputs;
};
template <Axis columns, Channels channels> constexpr Cut best_cut() {
    std::array<Index, std::min<std::size_t>(channels.outputs, 64)> steps{};
    steps.fill(1);
    const RegisterBlock whole = best_block(channels.inputs, steps, columns.taps), part = best_block(columns.taps, steps);
    if (whole.cost / channels.inputs <= part.cost) return {whole.rows, columns.taps, whole.columns};
    return {1, part.rows, part.columns};
}

// dw of a block of weights: Outputs x Inputs channels, taps [Tap, Tap + Taps) of row j. The pointers are at the block's first
// channels, and dw at row j. Where a block has too few sums to keep the multipliers busy, it sums several pixels side by side.
template <Axis columns, Channels channels, Index Outputs, Index Inputs, Index Tap, Index Taps, class L>
constexpr void gradient_block(const Axis& rows, Index j, const L* x, const L* dy, scalar<L>* dw, bool first) {
    using Register = std::remove_cvref_t<decltype(register_of(*dy, 0))>;
    constexpr Index count = Outputs * Inputs * Taps, side = (7 + count) / count;
    constexpr auto inside = [](Index c) { return columns.interior(c, c + 1, Tap, Tap + Taps); };
    constexpr Index left = first_of(0, columns.outputs, inside);
    constexpr Index right =
        columns.outputs - first_of(0, columns.outputs - left, [=](Index c) { return inside(columns.outputs - 1 - c); });
    const Index x_plane = rows.inputs * columns.inputs, dy_plane = rows.outputs * columns.outputs;

    Register sums[side][count];
    repeat<side>([&](Index s) { repeat<count>([&](Index n) { sums[s][n] = Register(0); }); });
    const Range real = rows.real_outputs(j);
    Index x_at = rows.input(real.begin, j) * columns.inputs + columns.offset + Tap * columns.tap_step;
    const L* dy_row = dy + real.begin * columns.outputs;
    for (Index r = real.begin; r < real.end; ++r, x_at += rows.step * columns.inputs, dy_row += columns.outputs) {
        for (Index part = 0; part < registers_in<L>; ++part) {
            const auto pixel = [&]<bool Edge>(Register(&into)[count], Index c) __attribute__((always_inline)) {
                // An address for each pixel, from which its taps lie at constant distances. (An edge's may be before x.)
                const Index pixel_at = x_at + c * columns.step, at = Edge ? pixel_at : 0;
                const L* const from = hidden(Edge ? x : x + pixel_at);
                Register gradients[Outputs];
                repeat<Outputs>([&](Index o) {
                    gradients[o] = register_of(dy_row[o * dy_plane + c], part);
                    if (Inputs * Taps > 1) gradients[o] = held(gradients[o]);
                });
                repeat<Inputs>([&](Index i) {
                    repeat<Taps>([&](Index k) {
                        if (Edge && !columns.real(c, Tap + k)) return;
                        Register in = register_of(from[at + i * x_plane + k * columns.tap_step], part);
                        if (Outputs > 1) in = held(in);
                        repeat<Outputs>([&](Index o) {
                            Register& sum = into[(o * Inputs + i) * Taps + k];
                            sum = fma_of(in, gradients[o], sum);
                        });
                    });
                });
            };
#pragma GCC unroll 8
            for (Index c = 0; c < left; ++c) pixel.template operator()<true>(sums[0], c);
            Index c = left,
                  end = hidden(right);  // a row's length is not for the compiler to know, or it writes out short ones
            if constexpr (side > 1)
                for (; c + side <= end; c += side)
                    repeat<side>([&](Index s) { pixel.template operator()<false>(sums[s], c + s); });
            // Four pixels at a time: dW of 6 -> 16 channels, 5 x 5, 12 x 12, from 85 to 88 % of the peak, with two registers a pack from 84
            // to 93 (Zen 3, g++ 12); two at a time, or eight, 1 to 2 less.
#pragma GCC unroll 4
            for (; c < end; ++c) pixel.template operator()<false>(sums[0], c);
#pragma GCC unroll 8
            for (Index edge = right; edge < columns.outputs; ++edge) pixel.template operator()<true>(sums[0], edge);
        }
    }
    repeat<side - 1>([&](Index s) { repeat<count>([&](Index n) { sums[0][n] = sums[0][n] + sums[s + 1][n]; }); });
    scalar<L> totals[count];
    sums_of_lanes<lane_count<L> / registers_in<L>>(sums[0], totals);
    for (Index o = 0; o < Outputs; ++o)
        for (Index i = 0; i < Inputs; ++i)
            for (Index k = 0; k < Taps; ++k) {
                scalar<L>& to = dw[o * channels.output_stride + i * channels.input_stride + Tap + k];
                to = totals[(o * Inputs + i) * Taps + k] + (first ? 0 : to);
            }
}

// dw of one group of channels. The sums of a block of weights stay in registers over all pixels, lane by lane; the
// lanes are added at the end, which costs a tenth of the time where a plane has 64 pixels.
template <Axis columns, Channels channels, class L>
[[gnu::noinline]] constexpr void gradient(const Axis& rows, const L* x, const L* dy, scalar<L>* dw, bool first) {
    constexpr Cut cut = best_cut<columns, channels>();
    using Pieces = Split<columns.taps, cut.taps>;
    const Index x_plane = rows.inputs * columns.inputs, dy_plane = rows.outputs * columns.outputs;
    for_each_block<channels.outputs, cut.outputs>([&]<Index Outputs>(Index o) {
        for_each_block<channels.inputs, cut.inputs>([&]<Index Inputs>(Index i) {
            for (Index j = 0; j < rows.taps; ++j)
                unroll<Pieces::count>([&]<std::size_t P> {
                    constexpr Index tap = Pieces::start(P), taps = Pieces::start(P + 1) - tap;
                    gradient_block<columns, channels, Outputs, Inputs, tap, taps>(
                        rows, j, x + i * x_plane, dy + o * dy_plane,
                        dw + (o * channels.output_stride + i * channels.input_stride + j * channels.row_stride), first);
                });
        });
    });
}

// What the three kernels need to know of a convolution.
template <Geometry g, class Weight, class Input, class Output> struct Plan;
template <Geometry g, std::size_t O, std::size_t I, std::size_t KH, std::size_t KW, std::size_t C, std::size_t H,
          std::size_t W, std::size_t OH, std::size_t OW>
struct Plan<g, Shape<O, I, KH, KW>, Shape<C, H, W>, Shape<O, OH, OW>> {
    static_assert(C == I * g.groups && O % g.groups == 0, "a group has 1 / groups of the channels of x, and of y");
    static_assert(OH <= output_extent(H, KH, g.stride_height, g.padding_height, g.dilation_height) &&
                      OW <= output_extent(W, KW, g.stride_width, g.padding_width, g.dilation_width),
                  "y's rows and columns are output_extent's, or the first of them");
    static constexpr Axis rows = axis(OH, H, KH, g.stride_height, g.padding_height, g.dilation_height);
    static constexpr Axis columns = axis(OW, W, KW, g.stride_width, g.padding_width, g.dilation_width);
    static constexpr Index groups = g.groups, outputs = O / g.groups, inputs = I;
    static constexpr Index weights = outputs * inputs * KH * KW, x_size = inputs * H * W,
                           y_size = outputs * OH * OW;  // a group's
    static constexpr Channels forward{outputs, inputs, I* KH* KW, KH* KW, KW};
    static constexpr Channels backward{inputs, outputs, KH* KW, I* KH* KW, KW};
};

}  // namespace detail

// "direct 6x2": by which blocks of output channels and pixels forward goes, in the middle of an image; and input_gradient, in its first phase.
namespace detail {
template <Axis columns, Channels channels> constexpr Text plan() {
    constexpr RegisterBlock block = best_block(channels.outputs, steps<columns>());
    return text("direct ", block_text({.rows = Split<channels.outputs, block.rows>::largest, .columns = Split<columns.outputs, block.columns>::largest}));
}
}  // namespace detail
template <Geometry g, class Weight, class Input, class Output> constexpr Text forward_plan() {
    using Plan = detail::Plan<g, Weight, Input, Output>;
    return detail::plan<Plan::columns, Plan::forward>();
}
template <Geometry g, class Weight, class Input, class Output> constexpr Text input_gradient_plan() {
    using Plan = detail::Plan<g, Weight, Input, Output>;
    return detail::plan<Plan::columns.gradient(0), Plan::backward>();
}

// y = b + w * x; b.data may be null.
template <Geometry g, class Weight, class Bias, class Input, class Output, class T, class L>
constexpr void forward(View<Weight, const T> w, View<Bias, const T> b, View<Input, const L> x, View<Output, L> y) {
    using Plan = detail::Plan<g, Weight, Input, Output>;
    for (Index n = 0; n < Plan::groups; ++n)
        detail::correlate<Plan::columns, Plan::forward, L>(
            Plan::rows, w.data + n * Plan::weights, b.data ? b.data + n * Plan::outputs : nullptr,
            x.data + n * Plan::x_size, y.data + n * Plan::y_size);
}

// dx, overwritten: one correlation of dy for each phase of the stride. The b of a transposed convolution [I] is added to it.
template <Geometry g, class Weight, class Input, class Output, class T, class L>
constexpr void input_gradient(View<Weight, const T> w, View<Output, const L> dy, View<Input, L> dx,
                              View<Shape<first_axis<Input>>, const T> b = {}) {
    using Plan = detail::Plan<g, Weight, Input, Output>;
    for (Index n = 0; n < Plan::groups; ++n)
        for (Index phase = 0; phase < Plan::rows.step; ++phase)
            unroll<g.stride_width>([&]<std::size_t ColumnPhase> {
                detail::correlate<Plan::columns.gradient(ColumnPhase), Plan::backward, L>(
                    Plan::rows.gradient(phase), w.data + n * Plan::weights,
                    b.data ? b.data + n * Plan::inputs : nullptr, dy.data + n * Plan::y_size,
                    dx.data + n * Plan::x_size);
            });
}

// dw, summed over the lanes: overwritten where `first`, else added to what is there.
template <Geometry g, class Weight, class Input, class Output, class T, class L>
constexpr void weight_gradient(View<Input, const L> x, View<Output, const L> dy, View<Weight, T> dw, bool first) {
    using Plan = detail::Plan<g, Weight, Input, Output>;
    for (Index n = 0; n < Plan::groups; ++n)
        detail::gradient<Plan::columns, Plan::forward, L>(Plan::rows, x.data + n * Plan::x_size,
                                                          dy.data + n * Plan::y_size, dw.data + n * Plan::weights,
                                                          first);
}

// db, likewise; db.data may be null.
template <class Bias, class Output, class T, class L>
constexpr void bias_gradient(View<Output, const L> dy, View<Bias, T> db, bool first) {
    static_assert(Bias::size == first_axis<Output>, "a bias for each channel of y");
    if (!db.data) return;
    for (std::size_t o = 0; o < db.size; ++o) {
        const auto plane = planes(dy).row(o);
        db[o] = sum(detail::total(plane.data, static_cast<Index>(plane.size))) + (first ? 0 : db[o]);
    }
}

// How many multiply-adds forward takes for one sample, padding not counted; each gradient takes as many.
template <Geometry g, class Weight, class Input, class Output>
inline constexpr std::size_t multiply_adds =
    Weight::extents[0] * Weight::extents[1] *
    static_cast<std::size_t>(detail::Plan<g, Weight, Input, Output>::rows.multiply_adds() *
                             detail::Plan<g, Weight, Input, Output>::columns.multiply_adds());

}  // namespace kiln::convolution
