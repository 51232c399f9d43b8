// The activations, and Dropout, in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/elementary.hpp"
#include "kiln/layers/dropout.hpp"
#include "kiln/layers/gelu.hpp"
#include "kiln/layers/leaky_relu.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/silu.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/layers/tanh_gelu.hpp"

namespace kiln {

namespace source {
inline constexpr Function relu_layer{"relu_layer", R"(
// y = max(x, 0)
template <std::size_t Size> constexpr void relu_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] < 0 ? 0 : x[i];
}
)"};
inline constexpr Function leaky_relu_layer{"leaky_relu_layer", R"(
// y = x where x > 0, else slope x
template <std::size_t Size> constexpr void leaky_relu_layer(const float* x, float slope, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] > 0 ? x[i] : slope * x[i];
}
)"};
inline constexpr Function tanh_layer{"tanh_layer", R"(
// y = tanh(x)
template <std::size_t Size> constexpr void tanh_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = tanh(x[i]);
}
)", {&tanh}};
inline constexpr Function sigmoid_layer{"sigmoid_layer", R"(
// y = 1 / (1 + exp(-x))
template <std::size_t Size> constexpr void sigmoid_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = sigmoid(x[i]);
}
)", {&sigmoid}};
inline constexpr Function silu_layer{"silu_layer", R"(
// y = x / (1 + exp(-x))
template <std::size_t Size> constexpr void silu_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] * sigmoid(x[i]);
}
)", {&sigmoid}};
inline constexpr Function gelu_layer{"gelu_layer", R"(
// y = x (1 + erf(x / sqrt(2))) / 2
template <std::size_t Size> constexpr void gelu_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] * (0.5f + 0.5f * erf(x[i] * 0.707106781f));
}
)", {&erf}};
inline constexpr Function tanh_gelu_layer{"tanh_gelu_layer", R"(
// y = x (1 + tanh(u)) / 2 = x / (1 + exp(-2 u)) with u = sqrt(2 / pi) (x + 0.044715 x^3)
template <std::size_t Size> constexpr void tanh_gelu_layer(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] * sigmoid(x[i] * (1.59576912f + 0.0713548163f * x[i] * x[i]));
}
)", {&sigmoid}};

// A layer y[i] = f(x[i]).
template <const Function& function> struct Map {
    template <class In> static void write(LayerSource& layer) { layer.call(function, {In::size}, {layer.x, layer.y}); }
};
}  // namespace source

template <> struct Source<ReLU> : source::Map<source::relu_layer> {};
template <> struct Source<Tanh> : source::Map<source::tanh_layer> {};
template <> struct Source<Sigmoid> : source::Map<source::sigmoid_layer> {};
template <> struct Source<SiLU> : source::Map<source::silu_layer> {};
template <> struct Source<GELU> : source::Map<source::gelu_layer> {};
template <> struct Source<TanhGELU> : source::Map<source::tanh_gelu_layer> {};
template <Real slope> struct Source<LeakyReLU<slope>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::leaky_relu_layer, {In::size}, {layer.x, LayerSource::number(slope.value), layer.y});
    }
};
template <Real p> struct Source<Dropout<p>> {
    static constexpr bool y_is_x = true;
};

}  // namespace kiln
