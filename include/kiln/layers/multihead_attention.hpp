// MultiheadAttention: PyTorch's, of the tokens to themselves: every token mixes what all tokens offer.
//
//     [q k v] = W_in x + b_in    for every head, D = Features / Heads columns of each:
//     p = softmax of the rows of q k^T / sqrt(D)    mixed = p v    y = W_out mixed + b_out
//
//     x, y, mixed [T, Features]    W_in [3 Features, Features]    b_in [3 Features]    W_out [Features, Features]    b_out [Features]
//     dmixed = W_out^T dy    dqkv from it: kernels/attention.hpp    dx = W_in^T dqkv
//     dW_in += dqkv x^T    db_in += dqkv    dW_out += dy mixed^T    db_out += dy
//
//     MultiheadAttention<64, 8>    MultiheadAttention<64, 8, AttentionOptions{.dropout = 0.1}, Causal>
//
// A mask says which tokens a token sees: Causal, or a type of one's own with
// static constexpr bool allows(std::size_t query, std::size_t key). A. Vaswani et al.: Attention is all you need, 2017.
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/affine.hpp"
#include "kiln/kernels/attention.hpp"
#include "kiln/kernels/panels.hpp"
#include "kiln/kernels/token_attention.hpp"
#include "kiln/layers/real.hpp"

namespace kiln {

struct AttentionOptions {
    bool bias = true;
    double dropout = 0;  // the probability that a token is not mixed in

    friend constexpr bool operator==(const AttentionOptions&, const AttentionOptions&) = default;
};

// Masks: which tokens (keys) a token (query) sees.
struct NoMask {
    static constexpr bool allows_all = true;
    static constexpr bool allows(std::size_t, std::size_t) { return true; }
};
struct Causal {  // itself and those before it
    static constexpr Text name() { return "causal"; }
    static constexpr bool allows(std::size_t query, std::size_t key) { return key <= query; }
};

namespace detail {
template <std::size_t Features, std::size_t Heads, AttentionOptions Options> consteval bool sound_attention() {
    static_assert(Features > 0 && Heads > 0 && Features % Heads == 0, "MultiheadAttention: the heads divide the features");
    static_assert(Options.dropout >= 0 && Options.dropout < 1, "MultiheadAttention: dropout is at least 0 and below 1");
    return true;
}
}  // namespace detail

template <std::size_t Features, std::size_t Heads, AttentionOptions Options = AttentionOptions{}, class Mask = NoMask>
    requires(detail::sound_attention<Features, Heads, Options>())
struct MultiheadAttention {
    // "MultiheadAttention<64,8>"; what is PyTorch's default is left out.
    static constexpr Text name() {
        Text t = text("MultiheadAttention<", Features, ",", Heads);
        if (!Options.bias) t << ",no bias";
        if (Options.dropout != 0) t << ",dropout " << real_text(Options.dropout);
        if constexpr (requires { Mask::name(); }) t << "," << Mask::name();
        return text(t, ">");
    }
    template <class In> static constexpr bool is_sequence = In::rank == 2 && last_axis<In> == Features;
    // The first token that sees none, or the number of tokens.
    template <class In> static constexpr std::size_t blind = [] {
        std::size_t t = 0;
        while (t < first_axis<In> && attention::visible<Mask, first_axis<In>>.keys[t].end > 0) ++t;
        return t;
    }();
    template <class In> static constexpr Text expected() {
        if constexpr (!is_sequence<In>) return text("Tx", Features, " tokens");
        else return text("a mask in which every token sees some (token ", blind<In>, " sees none)");
    }
    template <class In> static constexpr bool accepts = [] {
        if constexpr (!is_sequence<In>) return false;
        else return blind<In> == first_axis<In>;
    }();
    template <class In> using output_shape = In;
    static constexpr Known takes{.features = Features}, keeps = all_axes;

    using Parameters = std::conditional_t<Options.bias,
        Arrays<Parameter<"in_proj_weight", Shape<3 * Features, Features>>, Parameter<"in_proj_bias", Shape<3 * Features>>,
               Parameter<"out_proj.weight", Shape<Features, Features>>, Parameter<"out_proj.bias", Shape<Features>>>,
        Arrays<Parameter<"in_proj_weight", Shape<3 * Features, Features>>, Parameter<"out_proj.weight", Shape<Features, Features>>>>;
    static constexpr std::size_t width = Features / (Heads > 0 ? Heads : 1);
    template <class In, std::size_t T = first_axis<In>>  // q, k and v of every head; what attention keeps; mixed
    using Cache = Arrays<Shape<3 * Heads, T, width>, attention::Weights<Heads, T>, Shape<Heads, T>, In>;
    template <class In, std::size_t T = first_axis<In>>  // attention's; of backward: dqkv, dmixed, affine's
    using Scratch = Arrays<attention::Scratch<T, width>, Shape<T, 3 * Features>, In, affine::Scratch<T, Features, 3 * Features>,
                           affine::Panel<T, Features, 3 * Features>>;
    static constexpr Reads reads = Reads::x;
    static constexpr bool overwrites_gradient = true;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) {  // PyTorch's default; biases start at zero
        const auto [w_in, b_in, w_out, b_out] = with_biases(parameters);
        draw.uniform(w_in, sqrt(6.0 / static_cast<double>(4 * Features)));
        draw.uniform(w_out, 1 / sqrt(static_cast<double>(Features)));
    }

    static constexpr void forward(auto tile) { attend(tile, dropout(tile)); }
    static constexpr void infer(auto tile) { attend(tile, attention::NoDropout{}); }
    static constexpr void backward(auto tile) { attend_backward(tile, dropout(tile)); }
    static constexpr void infer_backward(auto tile) { attend_backward(tile, attention::NoDropout{}); }

    template <class In, class T, class InMap = panels::Plan<first_axis<In>, Features, 3 * Features, T>, class OutMap = panels::Plan<first_axis<In>, Features, Features, T>>
    using Packed = Arrays<typename InMap::Weights, Shape<3 * Features>, typename OutMap::Weights, Shape<Features>>;
    template <class In> using OneSampleScratch = Arrays<Shape<first_axis<In>, 3 * Features>, In, token_attention::Scratch<first_axis<In>, width>>;
    template <class In> static void pack(auto parameters, auto, auto packed) {
        const auto [w_in, b_in, w_out, b_out] = with_biases(parameters);
        const auto [in, in_biases, out, out_biases] = packed;
        panels::pack<first_axis<In>, Features, 3 * Features>(w_in.data, b_in.data, in.data, in_biases.data);
        panels::pack<first_axis<In>, Features, Features>(w_out.data, b_out.data, out.data, out_biases.data);
    }
    static void one_sample(auto tile) {
        constexpr std::size_t tokens = first_axis<typename decltype(tile)::In>;
        const auto [in, in_biases, out, out_biases] = tile.packed;
        const auto [qkv, mixed, scratch] = tile.scratch;
        panels::multiply<tokens, Features, 3 * Features>(in.data, in_biases.data, tile.x.data, qkv.data);
        token_attention::forward<Mask, Heads, tokens, width>(qkv.data, mixed.data, scratch.data);
        panels::multiply<tokens, Features, Features>(out.data, out_biases.data, mixed.data, tile.y.data);
    }

    template <class In> static constexpr std::size_t multiply_adds = 4 * In::size * Features + 2 * attention::visible<Mask, first_axis<In>>.pairs * Features;
    template <class In, bool WantsDx>
    static constexpr std::size_t backward_multiply_adds = 2 * multiply_adds<In> - (WantsDx ? 0 : 3 * In::size * Features);
    template <class In, class L> static constexpr Text plan() {  // of q, k and v of a head; attention itself; of what is mixed
        constexpr std::size_t tokens = first_axis<In>;
        return text(affine::plan<tokens, width, L>(), ", ", attention::plan<tokens>(), ", ", affine::plan<tokens, Features, L>());
    }

private:
    // w_in, b_in, w_out, b_out; null where there is no bias.
    static constexpr auto with_biases(auto views) {
        if constexpr (Options.bias) return views;
        else {
            const auto [w_in, w_out] = views;
            using T = std::remove_pointer_t<decltype(w_in.data)>;
            return std::tuple{w_in, View<Shape<3 * Features>, T>{nullptr}, w_out, View<Shape<Features>, T>{nullptr}};
        }
    }
    static constexpr auto dropout(const auto& tile) {
        if constexpr (Options.dropout == 0) return attention::NoDropout{};
        else return attention::Dropout{Options.dropout, tile.random()};
    }

    // Every head's q, k and v is a map of x by itself, so that its numbers lie together.
    static constexpr void attend(auto tile, auto dropout) {
        using Tile = decltype(tile);
        const auto [w_in, b_in, w_out, b_out] = with_biases(tile.parameters);
        const auto [qkv, weights, share, mixed] = tile.kept;
        for (std::size_t h = 0; h < 3 * Heads; ++h)
            affine::forward(View<Shape<width, Features>, const typename Tile::T>{&w_in(h * width, 0)},
                            View<Shape<width>, const typename Tile::T>{b_in.data ? &b_in[h * width] : nullptr}, tile.x,
                            View<Shape<first_axis<typename Tile::In>, width>, typename Tile::L>{&qkv(h, 0, 0)});
        attention::forward<Mask>(as_const(qkv), weights, share, mixed, std::get<0>(tile.scratch), dropout);
        affine::forward(w_out, b_out, as_const(mixed), tile.y);
    }
    static constexpr void attend_backward(auto tile, auto dropout) {
        const auto [w_in, b_in, w_out, b_out] = with_biases(tile.parameters);
        const auto [dw_in, db_in, dw_out, db_out] = with_biases(tile.gradient);
        const auto [qkv, weights, share, mixed] = tile.kept;
        const auto [scratch, dqkv, dmixed, inputs, panel] = tile.scratch;
        affine::input_gradient(w_out, tile.dy, dmixed, false, panel);
        attention::backward<Mask>(as_const(qkv), weights, as_const(share), as_const(mixed), as_const(dmixed), dqkv, scratch, dropout);
        if constexpr (tile.wants_gradient) {
            affine::parameter_gradient(as_const(mixed), tile.dy, dw_out, db_out, inputs, tile.first_of_shard());
            affine::parameter_gradient(tile.x, as_const(dqkv), dw_in, db_in, inputs, tile.first_of_shard());
        }
        if constexpr (tile.wants_dx) affine::input_gradient(w_in, as_const(dqkv), tile.dx, false, panel);
    }
};

}  // namespace kiln
