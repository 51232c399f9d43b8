// Linear: y = W x + b along the last axis, one map for every sample and every row.
//
//     x [..., Inputs]    W [Outputs, Inputs]    b [Outputs]    y [..., Outputs]
//     dx = W^T dy        dW += dy x^T           db += dy
//
//     Linear<784, 10>    Linear<64, 64, Bias::none>
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/affine.hpp"
#include "kiln/kernels/panels.hpp"
#include "kiln/layers/bias.hpp"

namespace kiln {

namespace detail {
template <std::size_t Inputs, std::size_t Outputs> consteval bool sound_map() {
    static_assert(Inputs > 0 && Outputs > 0, "Linear: it needs at least one input and one output feature");
    return true;
}
}  // namespace detail

template <std::size_t Inputs, std::size_t Outputs, Bias HasBias = Bias::learned>
    requires(detail::sound_map<Inputs, Outputs>())
struct Linear {
    static constexpr Text name() {
        return text("Linear<", Inputs, ",", Outputs, HasBias == Bias::none ? ",no bias>" : ">");
    }
    static constexpr Text expected() { return text(Inputs, Inputs == 1 ? " feature" : " features"); }
    template <class In> static constexpr bool accepts = last_axis<In> == Inputs;
    template <class In> using output_shape = with_last_axis<In, Outputs>;
    static constexpr Known takes{.features = Inputs}, gives{.features = Outputs};

    using Parameters = WeightAndBias<Shape<Outputs, Inputs>, Outputs, HasBias>;
    template <class In, std::size_t Rows = In::size / Inputs>
    using Scratch = Arrays<affine::Scratch<Rows, Inputs, Outputs>, affine::Panel<Rows, Inputs, Outputs>>;
    static constexpr Reads reads = Reads::x;
    static constexpr bool overwrites_gradient = true;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) { start_uniform(parameters, draw, Inputs); }

    static constexpr void forward(auto tile) {
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        affine::forward(weight, bias, rows(tile.x), rows(tile.y));
    }
    static constexpr void backward(auto tile) {
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        const auto [dweight, dbias] = weight_and_bias<Outputs>(tile.gradient);
        const auto [scratch, panel] = tile.scratch;
        if constexpr (tile.wants_gradient)
            affine::parameter_gradient(rows(tile.x), rows(tile.dy), dweight, dbias, scratch, tile.first_of_shard());
        if constexpr (tile.wants_dx) affine::input_gradient(weight, rows(tile.dy), rows(tile.dx), false, panel);
    }

    template <class In>
        requires(In::rank == 1)
    using WithBias = Linear<Inputs, Outputs>;
    static constexpr std::size_t channel(std::size_t weight) { return weight / Inputs; }

    template <class In, class T> using Packed = typename panels::Plan<In::size / Inputs, Inputs, Outputs, T>::Packed;
    template <class In> static void pack(auto parameters, auto, auto packed) {
        const auto [weight, bias] = weight_and_bias<Outputs>(parameters);
        panels::pack<In::size / Inputs, Inputs, Outputs>(weight.data, bias.data, std::get<0>(packed).data, std::get<1>(packed).data);
    }
    static void one_sample(auto tile) {
        const auto [weights, biases] = tile.packed;
        panels::multiply<decltype(tile)::In::size / Inputs, Inputs, Outputs>(weights.data, biases.data, tile.x.data, tile.y.data);
    }

    template <class In> static constexpr std::size_t multiply_adds = In::size* Outputs;
    template <class In, class L> static constexpr Text plan() { return affine::plan<In::size / Inputs, Outputs, L>(); }
};

}  // namespace kiln
