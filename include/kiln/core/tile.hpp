// What a layer's functions are handed: one tile of its numbers, or, where it mixes samples, a batch of them.
#pragma once
#include "kiln/core/group.hpp"
#include "kiln/core/layer.hpp"

namespace kiln {

// Where one layer's data lie: offsets in the workspace of a tile, pointers into the model's flat arrays. They are
// run-time numbers made from compile-time tables, so that a layer which occurs 20 times is compiled once.
template <class T> struct Place {
    std::size_t x = 0, y = 0, dx = 0, dy = 0, kept = 0, scratch = 0;
    const T* parameters = nullptr;
    const T* buffers = nullptr;
    std::size_t gradient = 0;  // offset in every shard's gradient
    std::size_t instance = 0;  // this layer's number in the flattened network
};

// What a layer's forward is given.
template <class Layer, class In_, class L_>
struct ForwardTile {
    using In = In_;
    using L = L_;
    using T = scalar<L>;
    using Out = output_of<Layer, In>;

    const Group<L>& group;
    const Place<T>& at;
    std::size_t index;

    L* base = group.base + index * group.stride;
    View<In, const L> x{base + at.x};
    View<Out, L> y{base + at.y};
    decltype(cache_of<Layer, In>::views(base)) kept = cache_of<Layer, In>::views(base + at.kept);
    decltype(scratch_of<Layer, In>::views(base)) scratch = scratch_of<Layer, In>::views(base + at.scratch);
    decltype(parameters_of<Layer, In>::views(at.parameters)) parameters = parameters_of<Layer, In>::views(at.parameters);
    decltype(buffers_of<Layer, In>::views(at.buffers)) buffers = buffers_of<Layer, In>::views(at.buffers);

    constexpr const L& alive() const { return group.tiles[index].alive; }
    constexpr Uniforms<L> random() const { return group.random(index, at.instance); }
};

// What a layer's backward is given: dx is to be written, the gradient to be added to. The two flags are constants that
// let it skip work; a layer may ignore them.
template <class Layer, class In_, class L_, bool WantsGradient, bool WantsDx>
struct BackwardTile {
    using In = In_;
    using L = L_;
    using T = scalar<L>;
    using Out = output_of<Layer, In>;
    static constexpr bool wants_gradient = WantsGradient;
    static constexpr bool wants_dx = WantsDx;

    const Group<L>& group;
    const Place<T>& at;
    std::size_t index;

    L* base = group.base + index * group.stride;
    View<In, const L> x{base + at.x};
    View<Out, const L> y{base + at.y};
    View<Out, const L> dy{base + at.dy};
    View<In, L> dx{base + at.dx};
    decltype(cache_of<Layer, In>::views(base)) kept = cache_of<Layer, In>::views(base + at.kept);
    decltype(scratch_of<Layer, In>::views(base)) scratch = scratch_of<Layer, In>::views(base + at.scratch);
    decltype(parameters_of<Layer, In>::views(at.parameters)) parameters = parameters_of<Layer, In>::views(at.parameters);
    decltype(parameters_of<Layer, In>::views(group.gradient(index))) gradient = gradient_views(group, at, index);

    static constexpr decltype(parameters_of<Layer, In>::views(std::declval<T*>())) gradient_views(const Group<L>& group, const Place<T>& at,
                                                                                                    std::size_t index) {
        if constexpr (WantsGradient) return parameters_of<Layer, In>::views(group.gradient(index) + at.gradient);
        else return {};  // null: there is no gradient to write to
    }
    constexpr bool first_of_shard() const { return group.tiles[index].first_of_shard; }
    constexpr const L& alive() const { return group.tiles[index].alive; }
    constexpr Uniforms<L> random() const { return group.random(index, at.instance); }
};

// What a layer that mixes samples is given in training: this thread's tiles, and sums over everyone's.
// Such a layer must do two things in dead lanes: multiply by tile.alive() what it sums, and write zero dx.
template <class Layer, class In_, class L_, class Tile>
struct TileBatch {
    using In = In_;
    using L = L_;
    using T = scalar<L>;
    const Group<L>& group;
    const Place<T>& at;

    constexpr Tile tile(std::size_t t) const { return {group, at, t}; }
    constexpr void for_each_tile(auto&& f) const {
        for (std::size_t t = 0; t < group.count; ++t) f(tile(t));
    }
    // add(tile, sums) adds one tile to sums, an array of N lane vectors; out is their sum over the whole minibatch, the
    // same bits on every thread. Every thread calls it.
    template <std::size_t N> constexpr void total(std::array<T, N>& out, auto&& add) const {
        group.template total<N>(out, [&](std::size_t t, std::array<L, N>& sums) { add(tile(t), sums); });
    }
    constexpr std::size_t samples() const { return group.step->cut.samples; }
    // f(views of the buffers), on one thread; in training nobody reads them.
    constexpr void update_buffers(auto&& f) const {
        if (group.step->team.thread != 0) return;
        T* const own = group.step->buffers + (at.buffers - static_cast<const T*>(group.step->buffers));
        std::apply(f, buffers_of<Layer, In>::views(own));
    }
};

}  // namespace kiln
