// An affine map of one sample's rows, outputs in lanes:
//
//     y[r][o] = b[o] + sum_i W[o][i] x[r][i]        x [Rows, In]    W [Out, In]    b [Out]    y [Rows, Out]
//
// W is packed once into panels: a register's width of outputs, one after another for every input. A few panels that are summed up
// together lie side by side, so that the weights are read from end to end:
//
//     [block of panels][In][panels of the block][width]        the last panel of all overlaps the one before
#pragma once
#include "kiln/core/arrays.hpp"
#include "kiln/kernels/features.hpp"

namespace kiln::panels {

template <std::size_t Rows, std::size_t In, std::size_t Out, class T> struct Plan {
    using Register = features::Register<T, Out>;
    static constexpr Index width = lane_count<Register>, inputs = In, outputs = Out, panels = (outputs + width - 1) / width;
    // A row alone meets every weight once: as many sums as there are registers hide the wait for each other, and if there are less panels,
    // inputs are summed up in turn. Several rows share a weight.
    static constexpr Index most = Rows == 1 ? (register_count >= 32 ? 16 : 12) : register_count >= 32 ? 3 : 2;
    static constexpr Index most_rows = register_count >= 32 ? 8 : 6;
    template <Index Panels> static constexpr Index turns = std::min(inputs, std::max(Index{1}, 8 / Panels));

    // Weights that no second cache holds are asked for a kilobyte ahead.
    static constexpr Index in_line = 64 / static_cast<Index>(sizeof(T));
    static constexpr bool fetches_ahead = Rows == 1 && In * Out * sizeof(T) > 512 * 1024;

    static constexpr Index start(Index panel) { return std::min(panel * width, outputs - width); }
    using Weights = Shape<static_cast<std::size_t>(panels * inputs * width)>;
    using Packed = Arrays<Weights, Shape<Out>>;
};

// bias may be null.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T> void pack(const T* weight, const T* bias, T* panels, T* biases) {
    using P = Plan<Rows, In, Out, T>;
    for_each_block<P::panels, P::most>([&]<Index Panels>(Index first) {
        for (std::size_t i = 0; i < In; ++i)
            for (Index p = first; p < first + Panels; ++p)
                for (Index lane = 0; lane < P::width; ++lane) *panels++ = weight[static_cast<std::size_t>(P::start(p) + lane) * In + i];
    });
    for (std::size_t o = 0; o < Out; ++o) biases[o] = bias ? bias[o] : T(0);
}

namespace detail {
// One row: inputs in turn.
template <class Plan, Index Panels, class T> [[gnu::always_inline]] inline void row(const T* x, const T* w, const T* bias, T* y, Index first) {
    using R = typename Plan::Register;
    constexpr Index width = Plan::width, turns = Plan::template turns<Panels>, whole = Plan::inputs / turns * turns;
    R sums[turns][Panels];
    repeat<turns>([&](Index s) __attribute__((always_inline)) {
        repeat<Panels>([&](Index p) __attribute__((always_inline)) { sums[s][p] = s == 0 ? load_lanes<R>(bias + Plan::start(first + p)) : R(T(0)); });
    });
    const auto add = [&](Index i, Index s) __attribute__((always_inline)) {
        const R each(x[i]);
        if constexpr (Plan::fetches_ahead)
            for (Index k = 0; k < Panels * width; k += Plan::in_line) __builtin_prefetch(w + k + 16 * Plan::in_line);
        repeat<Panels>([&](Index p) __attribute__((always_inline)) { sums[s][p] = fma(each, load_lanes<R>(w + p * width), sums[s][p]); });
        w += Panels * width;
    };
    for (Index i = 0; i < whole; i += turns) repeat<turns>([&](Index s) __attribute__((always_inline)) { add(i + s, s); });
    repeat<Plan::inputs - whole>([&](Index s) __attribute__((always_inline)) { add(whole + s, s); });
    repeat<Panels>([&](Index p) __attribute__((always_inline)) {
        R total = sums[0][p];
        repeat<turns - 1>([&](Index s) __attribute__((always_inline)) { total += sums[s + 1][p]; });
        store_lanes(y + Plan::start(first + p), total);
    });
}

// Some rows: every weight and every x is read once for all of them.
template <class Plan, Index Rows, Index Panels, class T>
[[gnu::always_inline]] inline void rows(const T* x, const T* w, const T* bias, T* y, Index first) {
    using R = typename Plan::Register;
    constexpr Index width = Plan::width;
    R sums[Rows][Panels];
    repeat<Panels>([&](Index p) __attribute__((always_inline)) {
        const R start = load_lanes<R>(bias + Plan::start(first + p));
        repeat<Rows>([&](Index r) __attribute__((always_inline)) { sums[r][p] = start; });
    });
#pragma GCC unroll 1
    for (Index i = 0; i < Plan::inputs; ++i, ++x, w += Panels * width) {
        R weights[Panels];
        repeat<Panels>([&](Index p) __attribute__((always_inline)) { weights[p] = held(load_lanes<R>(w + p * width)); });
        repeat<Rows>([&](Index r) __attribute__((always_inline)) {
            const R each(x[r * Plan::inputs]);
            repeat<Panels>([&](Index p) __attribute__((always_inline)) { sums[r][p] = fma(each, weights[p], sums[r][p]); });
        });
    }
    repeat<Rows>([&](Index r) __attribute__((always_inline)) {
        repeat<Panels>([&](Index p) __attribute__((always_inline)) { store_lanes(y + r * Plan::outputs + Plan::start(first + p), sums[r][p]); });
    });
}
}  // namespace detail

// Weights of twice the first cache's size that are met again and again should be read forwards and backwards in turn: half of them
// are then still there.
template <std::size_t Rows, std::size_t In, std::size_t Out, class T>
[[gnu::noinline]] void multiply(const T* panels, const T* biases, const T* x, T* y, bool backwards = false) {
    using P = Plan<Rows, In, Out, T>;
    const auto block = [&]<Index Panels>(Index first) {
        const T* const w = panels + first * P::width * P::inputs;
        if constexpr (Rows == 1) detail::row<P, Panels>(x, w, biases, y, first);
        else
            for_each_block<static_cast<Index>(Rows), P::most_rows>([&]<Index Block>(Index r) {
                detail::rows<P, Block, Panels>(x + r * P::inputs, w, biases, y + r * P::outputs, first);
            });
    };
    using Blocks = Split<P::panels, P::most>;
    if (!backwards) for_each_block<P::panels, P::most>(block);
    else
        for (Index b = Blocks::count; b-- > 0;) {
            if (b >= Blocks::larger) block.template operator()<Blocks::size>(Blocks::start(b));
            else if constexpr (Blocks::larger > 0) block.template operator()<Blocks::size + 1>(Blocks::start(b));
        }
}

}  // namespace kiln::panels
