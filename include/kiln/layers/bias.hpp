// Bias: whether a layer has one, Linear<256, 120, Bias::none>; and what the layers share that may go without.
#pragma once
#include <tuple>
#include <type_traits>
#include "kiln/core/layer.hpp"

namespace kiln {

enum class Bias : bool { none, learned };

template <class Weight, std::size_t Outputs, Bias bias>
using WeightAndBias =
    std::conditional_t<bias == Bias::learned, Arrays<Parameter<"weight", Weight>, Parameter<"bias", Shape<Outputs>>>,
                       Arrays<Parameter<"weight", Weight>>>;

// const auto [weight, bias] = weight_and_bias<Outputs>(views): null where there is no bias.
template <std::size_t Outputs, class Weight, class T>
constexpr auto weight_and_bias(std::tuple<View<Weight, T>, View<Shape<Outputs>, T>> views) {
    return views;
}
template <std::size_t Outputs, class Weight, class T>
constexpr auto weight_and_bias(std::tuple<View<Weight, T>> views) {
    return std::tuple{std::get<0>(views), View<Shape<Outputs>, T>{nullptr}};
}

// PyTorch's default: weight and bias start uniform within 1 / sqrt(fan in).
constexpr void start_uniform(auto parameters, auto&& draw, std::size_t fan_in) {
    const double bound = 1 / sqrt(static_cast<double>(fan_in));
    std::apply([&](auto... array) { (draw.uniform(array, bound), ...); }, parameters);
}

}  // namespace kiln
