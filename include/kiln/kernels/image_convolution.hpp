// Convolution of one sample's image, with the meaning and the Geometry of kernels/convolution.hpp.
//
//     x [I, H, W]    w [O, I / groups, KH, KW]    b [O]    y [O, OH, OW]
//
// In one of two ways, whichever wastes fewer lanes:
//     pixels      a register's width of neighbouring pixels of a row; the weights of some output channels lie together, and each is
//                 broadcast. Padding is put around a copy of x. The last register of a row overlaps the one before.
//     channels    output channels: where rows are short, or pixels a stride apart. Every pixel's inputs are copied together, and
//                 the rest is an affine map (kernels/panels.hpp).
//
// pack() writes the weights for either.
#pragma once
#include "kiln/core/transpose.hpp"
#include "kiln/kernels/convolution.hpp"
#include "kiln/kernels/panels.hpp"

namespace kiln::image_convolution {

template <convolution::Geometry g, class Weight, class In, class Out> struct Plan {
    static constexpr Index groups = g.groups, outputs = Out::extents[0] / g.groups, inputs = Weight::extents[1];  // of a group
    static constexpr Index kernel_height = Weight::extents[2], kernel_width = Weight::extents[3], taps = inputs * kernel_height * kernel_width;
    static constexpr Index height = In::extents[1], width = In::extents[2], pixels = Out::extents[1] * Out::extents[2];
    static constexpr Index top = g.padding_height, left = g.padding_width, padded_height = height + 2 * top, padded_width = width + 2 * left;
    static constexpr bool pads = top + left > 0;
    // Where a kernel is one pixel wide the rows of an image are one long row.
    static constexpr bool flat = kernel_width == 1 && left == 0 && g.stride_height == 1 && g.stride_width == 1;
    static constexpr Index rows = flat ? 1 : Out::extents[1], columns = flat ? pixels : Out::extents[2];

    static constexpr Index lane_count_for(Index size) {
        return static_cast<Index>(std::min(native_width<float>, std::bit_floor(static_cast<std::size_t>(size))));
    }
    // Multiply-adds of registers, and copies, that a pixel takes on the way to y.
    static constexpr bool in_pixels = [] {
        const auto registers = [](Index size) {
            const Index width = lane_count_for(size);
            return (size + width - 1) / width;
        };
        return g.stride_width == 1 && (rows * registers(columns) * outputs + pixels) * taps <= pixels * ((registers(outputs) + 2) * taps + 4 * registers(outputs));
    }();

    // Sums that are in registers together: of some channels, and of registers one below the other or, in one row, side by side.
    static constexpr RegisterBlock block = [] {
        std::array<Index, std::min<std::size_t>(rows == 1 ? std::size_t{16} : std::size_t{rows}, 64)> steps{};
        steps.fill(taps);
        return best_block(outputs, steps);
    }();

    static constexpr std::size_t copied = in_pixels ? (pads ? std::size_t{groups * inputs * padded_height * padded_width} : 0) : std::size_t{pixels * taps};
    using Scratch = Arrays<Shape<round_up(copied, parameter_alignment)>, Shape<in_pixels ? 0 : std::size_t{pixels * outputs}>>;
    template <class T> using Panels = panels::Plan<std::size_t{pixels}, std::size_t{taps}, std::size_t{outputs}, T>;
    template <class T> static constexpr std::size_t group_weights = in_pixels ? std::size_t{outputs * taps} : Panels<T>::Weights::size;
    template <class T> using Packed = Arrays<Shape<std::size_t{groups} * group_weights<T>>, Shape<std::size_t{groups * outputs}>>;
};

// bias may be null.
template <class Plan, class T> void pack(const T* weight, const T* bias, T* packed, T* biases) {
    for (Index group = 0; group < Plan::groups; ++group, weight += Plan::outputs * Plan::taps, packed += Plan::template group_weights<T>) {
        T* const of_group = biases + group * Plan::outputs;
        if constexpr (Plan::in_pixels) {
            T* to = packed;
            for_each_block<Plan::outputs, Plan::block.rows>([&]<Index Channels>(Index first) {
                for (Index tap = 0; tap < Plan::taps; ++tap)
                    for (Index o = first; o < first + Channels; ++o) *to++ = weight[o * Plan::taps + tap];
            });
            for (Index o = 0; o < Plan::outputs; ++o) of_group[o] = bias ? bias[group * Plan::outputs + o] : T(0);
        } else {
            panels::pack<std::size_t{Plan::pixels}, std::size_t{Plan::taps}, std::size_t{Plan::outputs}>(weight, bias ? bias + group * Plan::outputs : nullptr, packed, of_group);
        }
    }
}

namespace detail {
// A block of sums: Channels x Count registers, a register's first pixels x_step apart in x, and y_step in y.
template <convolution::Geometry g, class Plan, class R, Index Channels, Index Count, Index x_step, Index y_step, class T>
[[gnu::always_inline]] inline void block(const T* x, const T* w, const T* bias, T* y) {
    R sums[Channels][Count];
    repeat<Channels>([&](Index o) __attribute__((always_inline)) {
        const R start(bias[o]);
        repeat<Count>([&](Index n) __attribute__((always_inline)) { sums[o][n] = start; });
    });
#pragma GCC unroll 1
    for (Index i = 0; i < Plan::inputs; ++i, x += Plan::padded_height * Plan::padded_width) {
        const T* row = x;
#pragma GCC unroll 1
        for (Index j = 0; j < Plan::kernel_height; ++j, row += static_cast<Index>(g.dilation_height) * Plan::padded_width)
            repeat<Plan::kernel_width>([&](Index k) __attribute__((always_inline)) {
                const T* const at = hidden(row + k * static_cast<Index>(g.dilation_width));
                R pixels[Count];
                repeat<Count>([&](Index n) __attribute__((always_inline)) { pixels[n] = held(load_lanes<R>(at + n * x_step)); });
                repeat<Channels>([&](Index o) __attribute__((always_inline)) {
                    const R each(w[o]);
                    repeat<Count>([&](Index n) __attribute__((always_inline)) { sums[o][n] = fma(each, pixels[n], sums[o][n]); });
                });
                w += Channels;
            });
    }
    repeat<Channels>([&](Index o) __attribute__((always_inline)) {
        repeat<Count>([&](Index n) __attribute__((always_inline)) { store_lanes(y + o * Plan::pixels + n * y_step, sums[o][n]); });
    });
}

// One group, x padded.
template <convolution::Geometry g, class Plan, class T> [[gnu::noinline]] void pixels(const T* x, const T* w, const T* bias, T* y) {
    using R = features::Register<T, std::size_t{Plan::columns}>;
    constexpr Index width = lane_count<R>, x_row = static_cast<Index>(g.stride_height) * Plan::padded_width, most = Plan::block.columns;
    for_each_block<Plan::outputs, Plan::block.rows>([&]<Index Channels>(Index first) {
        const T* const weights = w + first * Plan::taps;
        T* const to = y + first * Plan::pixels;
        if constexpr (Plan::rows == 1) {
            for_each_block<Plan::columns / width, most>([&]<Index Count>(Index c) {
                block<g, Plan, R, Channels, Count, width, width>(x + c * width, weights, bias + first, to + c * width);
            });
            if constexpr (Plan::columns % width > 0)
                block<g, Plan, R, Channels, 1, 0, 0>(x + Plan::columns - width, weights, bias + first, to + Plan::columns - width);
        } else {
            for_each_block<Plan::rows, most>([&]<Index Count>(Index r) {
#pragma GCC unroll 1
                for (Index at = 0; at < Plan::columns; at += width) {
                    const Index c = std::min(at, Plan::columns - width);
                    block<g, Plan, R, Channels, Count, x_row, Plan::columns>(x + r * x_row + c, weights, bias + first, to + r * Plan::columns + c);
                }
            });
        }
    });
}

// to [channels, padded height, padded width]
template <class Plan, class T> void pad(const T* x, Index channels, T* to) {
    std::fill_n(to, channels * Plan::padded_height * Plan::padded_width, T(0));
    for (Index i = 0; i < channels; ++i)
        for (Index r = 0; r < Plan::height; ++r)
            std::copy_n(x + (i * Plan::height + r) * Plan::width, Plan::width, to + (i * Plan::padded_height + r + Plan::top) * Plan::padded_width + Plan::left);
}

// to [pixels, taps]
template <convolution::Geometry g, class Plan, class Out, class T> void gather(const T* x, T* to) {
    const auto index = [](std::size_t n) { return static_cast<Index>(n); };
    for (Index r = 0; r < index(Out::extents[1]); ++r)
        for (Index q = 0; q < index(Out::extents[2]); ++q)
            for (Index i = 0; i < Plan::inputs; ++i)
                for (Index j = 0; j < Plan::kernel_height; ++j, to += Plan::kernel_width) {
                    const Index row = r * index(g.stride_height) + j * index(g.dilation_height) - Plan::top, column = q * index(g.stride_width) - Plan::left;
                    const T* const from = x + (i * Plan::height + row) * Plan::width + column;
                    if constexpr (!Plan::pads && g.dilation_width == 1) std::copy_n(from, Plan::kernel_width, to);
                    else
                        for (Index k = 0; k < Plan::kernel_width; ++k) {
                            const Index step = k * index(g.dilation_width);
                            to[k] = 0 <= row && row < Plan::height && 0 <= column + step && column + step < Plan::width ? from[step] : T(0);
                        }
                }
}
}  // namespace detail

template <convolution::Geometry g, class Plan, class In, class Out, class T>
void forward(const T* packed, const T* biases, View<In, const T> x, View<Out, T> y, T* copied, T* products) {
    constexpr std::size_t pixels{Plan::pixels}, taps{Plan::taps}, outputs{Plan::outputs};
    const T* image = x.data;
    if constexpr (Plan::in_pixels && Plan::pads) {
        detail::pad<Plan>(image, Plan::groups * Plan::inputs, copied);
        image = copied;
    }
    for (Index group = 0; group < Plan::groups; ++group) {
        const T* const w = packed + static_cast<std::size_t>(group) * Plan::template group_weights<T>;
        const T* const bias = biases + group * Plan::outputs;
        T* const to = y.data + group * Plan::outputs * Plan::pixels;
        if constexpr (Plan::in_pixels) {
            detail::pixels<g, Plan>(image + group * Plan::inputs * Plan::padded_height * Plan::padded_width, w, bias, to);
        } else {
            detail::gather<g, Plan, Out>(image + group * Plan::inputs * Plan::height * Plan::width, copied);
            panels::multiply<pixels, taps, outputs>(w, bias, copied, pixels == 1 ? to : products);
            if constexpr (pixels > 1) transpose(products, outputs, pixels, outputs, to, pixels);
        }
    }
}

}  // namespace kiln::image_convolution
