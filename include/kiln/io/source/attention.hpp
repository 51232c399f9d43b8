// MultiheadAttention in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/linear.hpp"
#include "kiln/io/source/softmax.hpp"
#include "kiln/layers/multihead_attention.hpp"

namespace kiln {

namespace source {
inline constexpr Function attention{"attention", R"(
// For every head: y = softmax(q k^T / sqrt(Width)) v, of the tokens that a token sees: all, or those before it and itself, or what the table
// `sees` [Tokens][Tokens] says. qkv [Tokens][3][Heads][Width], y [Tokens][Heads][Width], memory: (Width + 1) Tokens
template <std::size_t Tokens, std::size_t Heads, std::size_t Width, bool Causal, bool Masked>
constexpr void attention(const float* __restrict qkv, const bool* sees, float* __restrict y, float* __restrict memory) {
    constexpr std::size_t row = 3 * Heads * Width;
    const float share = 1 / square_root(Width);
    float *const keys = memory, *const scores = memory + Width * Tokens;  // keys [Width][Tokens]
    for (std::size_t h = 0; h < Heads; ++h) {
        const float *q = qkv + h * Width, *k = q + Heads * Width, *v = k + Heads * Width;
        for (std::size_t t = 0; t < Tokens; ++t)
            for (std::size_t d = 0; d < Width; ++d) keys[d * Tokens + t] = k[t * row + d];
        for (std::size_t t = 0; t < Tokens; ++t) {
            const std::size_t count = Causal ? t + 1 : Tokens;
            for (std::size_t s = 0; s < count; ++s) scores[s] = 0;
            for (std::size_t d = 0; d < Width; ++d)
                for (std::size_t s = 0; s < count; ++s) scores[s] += q[t * row + d] * share * keys[d * Tokens + s];
            if (Masked)
                for (std::size_t s = 0; s < count; ++s) scores[s] = sees[t * Tokens + s] ? scores[s] : -3e38f;

            float largest = scores[0], total = 0;
            for (std::size_t s = 1; s < count; ++s) largest = scores[s] > largest ? scores[s] : largest;
            for (std::size_t s = 0; s < count; ++s) scores[s] = exp(scores[s] - largest);
            for (std::size_t s = 0; s < count; ++s) total += scores[s];
            float* const out = y + (t * Heads + h) * Width;
            for (std::size_t d = 0; d < Width; ++d) out[d] = 0;
            for (std::size_t s = 0; s < count; ++s)
                for (std::size_t d = 0; d < Width; ++d) out[d] += scores[s] / total * v[s * row + d];
        }
    }
}
)", {&exp, &square_root}};
}  // namespace source

template <std::size_t Features, std::size_t Heads, AttentionOptions Options, class Mask> struct Source<MultiheadAttention<Features, Heads, Options, Mask>> {
    template <class In> static void write(LayerSource& layer) {
        constexpr std::size_t tokens = first_axis<In>, width = Features / Heads;
        constexpr bool masked = !std::is_same_v<Mask, NoMask> && !std::is_same_v<Mask, Causal>;
        std::string sees = "nullptr";
        if constexpr (masked) {
            std::vector<bool> table(tokens * tokens);
            for (std::size_t i = 0; i < table.size(); ++i) table[i] = Mask::allows(i / tokens, i % tokens);
            sees = layer.constant("mask", table);
        }
        layer.costs(16 * Heads * tokens * tokens);
        const Region qkv = layer.temporary(3 * In::size), mixed = layer.temporary(In::size), memory = layer.temporary((width + 1) * tokens);
        layer.call(source::linear, {tokens, Features, 3 * Features}, {layer.x, layer.transposed("in_proj_weight", 3 * Features, Features), layer.bias(3 * Features, "in_proj_bias"), qkv});
        layer.call(source::attention, {tokens, Heads, width, std::is_same_v<Mask, Causal>, masked}, {qkv, sees, mixed, memory});
        layer.call(source::linear, {tokens, Features, Features}, {mixed, layer.transposed("out_proj.weight", Features, Features), layer.bias(Features, "out_proj.bias"), layer.y});
    }
};

}  // namespace kiln
