// The memory plan of a chain of layers, made by the compiler: where every activation, gradient, cache and scratch lies.
// Arrays whose lives do not meet share memory; an in-place layer's y is its x.
//
// Layer i runs forward at time i and backward at time 2n-1-i:
//
//     time       0    1    2  ...  n-1 | n  ...  2n-3  2n-2  2n-1
//     layer      0    1    2  ...  n-1 | n-1 ...   2     1     0
//                    forward           |        backward
//
// What lives across the turn lies in the chain's own "kept" block; what lives on one side of it may lie in parts of
// that block which are not in use then, or else in scratch.
#pragma once
#include "kiln/core/tile.hpp"

namespace kiln {

enum class Arena { x, y, dx, dy, kept, scratch };  // the first four belong to whoever runs the chain
struct Slot {
    Arena arena = Arena::kept;
    std::size_t offset = 0;
};

template <class T> constexpr std::size_t locate(Slot slot, const Place<T>& at) {
    switch (slot.arena) {
        case Arena::x: return at.x;
        case Arena::y: return at.y;
        case Arena::dx: return at.dx;
        case Arena::dy: return at.dy;
        case Arena::kept: return at.kept + slot.offset;
        default: return at.scratch + slot.offset;
    }
}

struct Interval {
    std::size_t size = 0, first = 0, last = 0, offset = 0;
};

// First fit, in the given order: the lowest offset at which the array meets no array alive with it. Arrays must not
// straddle `wall`. Returns the end of the array.
constexpr std::size_t place(Interval& a, const Interval* placed, std::size_t count, std::size_t wall) {
    const auto fits = [&](std::size_t offset) {
        if (offset < wall && offset + a.size > wall) return false;
        for (const Interval* b = placed; b != placed + count; ++b) {
            const bool together = b->first <= a.last && a.first <= b->last;
            if (b->size > 0 && together && offset < b->offset + b->size && b->offset < offset + a.size) return false;
        }
        return true;
    };
    std::size_t best = static_cast<std::size_t>(-1);
    const auto offer = [&](std::size_t offset) {
        if (offset < best && fits(offset)) best = offset;
    };
    offer(0);
    offer(wall);
    for (const Interval* b = placed; b != placed + count; ++b) offer(b->offset + b->size);
    a.offset = best;
    return best + a.size;
}

template <std::size_t N> struct ChainFacts {
    std::array<std::size_t, N + 1> size{};  // of activation 0 (the chain's x) to N (its y)
    std::array<Workspace, N> workspace{};
    std::array<bool, N> in_place{};
    std::array<Reads, N> reads{};
    std::array<bool, N> hands_on{};  // its y is its x, number by number
};

// Layers at the head of a chain that hand x on cost nothing: the first that does not reads the chain's x itself. (The last of all
// has to write the chain's y.)
template <std::size_t N> constexpr std::size_t first_reader(const std::array<bool, N>& hands_on) {
    std::size_t i = 0;
    while (i + 1 < N && hands_on[i]) ++i;
    return i;
}

template <std::size_t N> struct ChainPlan {
    std::array<Slot, N + 1> activation{}, gradient{};
    std::array<Slot, N> kept{}, scratch{}, backward_scratch{};
    Workspace total{};
};

template <std::size_t N> constexpr ChainPlan<N> plan_chain(const ChainFacts<N>& f, bool training) {
    ChainPlan<N> plan;
    std::array<Interval, 5 * N + 2> live{};
    std::array<Slot*, 5 * N + 2> slots{};
    std::size_t count = 0;
    const auto want = [&](Slot& slot, std::size_t size, std::size_t first, std::size_t last) {
        if (size == 0) return;
        live[count] = {size, first, last, 0};
        slots[count++] = &slot;
    };
    const auto back = [](std::size_t layer) { return 2 * N - 1 - layer; };

    // root[b]: the activation whose memory b uses. An in-place layer hands its x on, unless someone reads it again.
    std::array<std::size_t, N + 1> root{}, last{}, gradient_root{};
    for (std::size_t b = 0; b <= N; ++b) root[b] = gradient_root[b] = b;
    for (std::size_t i = N; i-- > 1;) {
        const bool x_is_read = training && (reads_x(f.reads[i]) || reads_y(f.reads[i - 1]));
        if (f.in_place[i] && !x_is_read) root[i] = root[i + 1];
    }
    // But the chain's x is not ours to write: where the reader would work in it, in place, it is copied.
    if (const std::size_t reader = first_reader(f.hands_on); root[reader] == reader)
        for (std::size_t b = 1; b <= reader; ++b) root[b] = 0;
    for (std::size_t b = 1; b < N; ++b) {
        std::size_t until = b;
        if (training && reads_x(f.reads[b])) until = back(b);
        if (training && reads_y(f.reads[b - 1])) until = back(b - 1);
        last[root[b]] = std::max(last[root[b]], until);
    }
    plan.activation[0] = {Arena::x, 0};
    plan.activation[N] = {Arena::y, 0};
    for (std::size_t b = 1; b < N; ++b)
        if (root[b] == b) {
            std::size_t first = b - 1;
            while (first > 0 && root[first] == b) --first;
            want(plan.activation[b], f.size[b], first, last[b]);
        }
    for (std::size_t i = 0; i < N; ++i) {
        want(plan.kept[i], f.workspace[i].kept, i, training ? back(i) : i);
        want(plan.scratch[i], f.workspace[i].scratch, i, i);
    }
    if (training) {
        // dx of an in-place layer lies in the memory of its dy; never in the chain's own dy, which is not ours to write.
        for (std::size_t i = 0; i + 1 < N; ++i)
            if (f.in_place[i]) gradient_root[i + 1] = gradient_root[i];
        plan.gradient[0] = {Arena::dx, 0};
        plan.gradient[N] = {Arena::dy, 0};
        for (std::size_t b = 1; b < N; ++b)
            if (gradient_root[b] == b) {
                std::size_t until = b;
                while (until + 1 < N && gradient_root[until + 1] == b) ++until;
                want(plan.gradient[b], f.size[b], back(until), back(b - 1));
            }
        for (std::size_t i = 0; i < N; ++i) want(plan.backward_scratch[i], f.workspace[i].scratch, back(i), back(i));
    }

    // What crosses the turn is placed first: its end is the wall between kept and scratch.
    const auto crosses = [&](std::size_t k) { return live[k].first < N && live[k].last >= N; };
    std::array<Interval, 5 * N + 2> placed{};
    std::size_t done = 0, wall = 0, end = 0;
    for (const bool turn : {true, false})
        for (std::size_t k = 0; k < count; ++k)
            if (crosses(k) == turn) {
                const std::size_t top = place(live[k], placed.data(), done, turn ? 0 : wall);
                placed[done++] = live[k];
                (turn ? wall : end) = std::max(turn ? wall : end, top);
                const bool kept = turn || live[k].offset < wall;
                *slots[k] = kept ? Slot{Arena::kept, live[k].offset} : Slot{Arena::scratch, live[k].offset - wall};
            }
    for (std::size_t b = 1; b < N; ++b) {
        if (root[b] != b) plan.activation[b] = plan.activation[root[b]];
        if (gradient_root[b] != b) plan.gradient[b] = plan.gradient[gradient_root[b]];
    }
    plan.total = {wall, std::max(end, wall) - wall};
    return plan;
}

}  // namespace kiln
