// Layers of tokens in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/layers/class_token.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/position_embedding.hpp"
#include "kiln/layers/select_token.hpp"

namespace kiln {

namespace source {
inline constexpr Function embedding{"embedding", R"(
// The row of w [Vocabulary][Features] for every token, a whole number from 0 to Vocabulary - 1
template <std::size_t Length, std::size_t Features> constexpr void embedding(const int* tokens, const float* w, float* y) {
    for (std::size_t t = 0; t < Length; ++t)
        for (std::size_t f = 0; f < Features; ++f) y[t * Features + f] = w[static_cast<std::size_t>(tokens[t]) * Features + f];
}
)"};
inline constexpr Function sum{"sum", R"(
// y = a + b
template <std::size_t Size> constexpr void sum(const float* a, const float* b, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = a[i] + b[i];
}
)"};
}  // namespace source

template <std::size_t Vocabulary, std::size_t Features> struct Source<Embedding<Vocabulary, Features>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::embedding, {In::size, Features}, {layer.x, layer.constant("weight"), layer.y});
    }
};
template <std::size_t Length, std::size_t Features> struct Source<PositionEmbedding<Length, Features>> {
    template <class In> static void write(LayerSource& layer) { layer.call(source::sum, {In::size}, {layer.x, layer.constant("weight"), layer.y}); }
};
template <std::size_t Features> struct Source<ClassToken<Features>> {
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::copy, {Features}, {layer.constant("class_token"), layer.y});
        layer.call(source::copy, {In::size}, {layer.x, layer.y + Features});
    }
};
template <std::size_t Index> struct Source<SelectToken<Index>> {
    template <class In> static void write(LayerSource& layer) { layer.call(source::copy, {last_axis<In>}, {layer.x + Index * last_axis<In>, layer.y}); }
};

}  // namespace kiln
