// Runs one layer on a group of tiles: the only place that knows how a layer is called.
#pragma once
#include "kiln/core/chain.hpp"
#include "kiln/core/one_sample.hpp"

namespace kiln {

namespace detail {
template <class Layer> inline constexpr Text forward_fault = text(called<Layer>(), "'s forward does not take a tile: write `static constexpr void forward(auto tile)`");
template <class Layer> inline constexpr Text backward_fault = text(called<Layer>(), "'s backward does not take a tile: write `static constexpr void backward(auto tile)`");
}  // namespace detail

template <class Layer, class In, Mode mode, class L>
constexpr void forward(const Group<L>& group, const Place<scalar<L>>& at) {
    using Tile = ForwardTile<Layer, In, L>;
    if constexpr (Composite<Layer>)
        Layer::template forward<In, mode>(group, at);
    else if constexpr (mixes_samples<Layer> && mode == Mode::training)
        Layer::forward(TileBatch<Layer, In, L, Tile>{group, at});
    else
        for (std::size_t t = 0; t < group.count; ++t) {
            if constexpr (mode == Mode::one_sample)
                if constexpr (OneSampleLayer<Layer, In, L>) {
                    Layer::one_sample(OneSampleTile<Layer, In, L>{group.base + t * group.stride, at});
                    continue;
                }
            const Tile tile{group, at, t};
            if constexpr (mode != Mode::training && requires { Layer::infer(tile); }) Layer::infer(tile);
            else if constexpr (requires { Layer::forward(tile); }) Layer::forward(tile);
            else static_assert(Report<detail::forward_fault<Layer>>::size > 0);
        }
}

template <class Layer, class In, Mode mode, bool WantsDx, class L>
constexpr void backward(const Group<L>& group, const Place<scalar<L>>& at) {
    constexpr bool wants_gradient = mode == Mode::training && trainable<Layer, In>;
    using Tile = BackwardTile<Layer, In, L, wants_gradient, WantsDx>;
    if constexpr (!WantsDx && !wants_gradient) {
        return;
    } else if constexpr (Composite<Layer>) {
        Layer::template backward<In, mode, WantsDx>(group, at);
    } else {
        if constexpr (wants_gradient && !overwrites_gradient<Layer>)
            for (std::size_t t = 0; t < group.count; ++t)
                if (group.tiles[t].first_of_shard) std::fill_n(group.gradient(t) + at.gradient, parameters_of<Layer, In>::extent, scalar<L>(0));
        if constexpr (mixes_samples<Layer> && mode == Mode::training)
            Layer::backward(TileBatch<Layer, In, L, Tile>{group, at});
        else
            for (std::size_t t = 0; t < group.count; ++t) {
                const Tile tile{group, at, t};
                if constexpr (mode != Mode::training && requires { Layer::infer_backward(tile); }) Layer::infer_backward(tile);
                else if constexpr (requires { Layer::backward(tile); }) Layer::backward(tile);
                else static_assert(Report<detail::backward_fault<Layer>>::size > 0);
            }
    }
}

}  // namespace kiln
