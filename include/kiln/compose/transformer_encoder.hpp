// TransformerEncoder: Depth layers, each of self-attention and a two-layer network for every token, both of them residual.
//
//     norm_first:  x += attention(norm1(x))    x += linear2(activation(linear1(norm2(x))))
//     else:        x = norm1(x + attention(x))    x = norm2(x + linear2(activation(linear1(x))))
//
//     x, y [T, Features]    linear1 [Mlp, Features]    linear2 [Features, Mlp]
//
//     TransformerEncoder<64, 8, 128, 4>
//     TransformerEncoder<64, 4, 256, 2, TransformerOptions{.dropout = 0.1}, GELU, Causal>
//
// The numbers and the names, "layers.0.self_attn.in_proj_weight", are those of torch.nn.TransformerEncoder, without a norm at the
// end; the defaults are a vision Transformer's and not PyTorch's (0.1, false, ReLU).
// A. Vaswani et al.: Attention is all you need, 2017; norm_first: R. Xiong et al.: On layer normalization in the Transformer, 2020.
#pragma once
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/dropout.hpp"
#include "kiln/layers/gelu.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/multihead_attention.hpp"

namespace kiln {

struct TransformerOptions {
    double dropout = 0;  // of the attention's weights, and after attention, activation and linear2
    bool norm_first = true;

    friend constexpr bool operator==(const TransformerOptions&, const TransformerOptions&) = default;
};

namespace detail {
// Sequential<Parts...> where those that are void are left out.
template <class... Done> consteval auto sequence(LayerList<Done...>, LayerList<>) { return std::type_identity<Sequential<Done...>>{}; }
template <class... Done, class Part, class... Rest> consteval auto sequence(LayerList<Done...>, LayerList<Part, Rest...>) {
    if constexpr (std::is_void_v<Part>) return sequence(LayerList<Done...>{}, LayerList<Rest...>{});
    else return sequence(LayerList<Done..., Part>{}, LayerList<Rest...>{});
}
template <class... Parts> using Sequence = typename decltype(sequence(LayerList<>{}, LayerList<Parts...>{}))::type;
template <class... Parts> using ResidualOf = Inline<Residual<Inline<Sequence<Parts...>>>>;

template <std::size_t Features, std::size_t Heads, std::size_t Mlp, TransformerOptions Options, class Activation, class Mask>
struct EncoderParts {
    using Attention = Named<"self_attn", MultiheadAttention<Features, Heads, AttentionOptions{.dropout = Options.dropout}, Mask>>;
    using Linear1 = Named<"linear1", Linear<Features, Mlp>>;
    using Linear2 = Named<"linear2", Linear<Mlp, Features>>;
    using Norm1 = Named<"norm1", LayerNorm<Features>>;
    using Norm2 = Named<"norm2", LayerNorm<Features>>;
    using Drop = std::conditional_t<Options.dropout == 0, void, Dropout<Options.dropout>>;
    using Layer = std::conditional_t<Options.norm_first,
        Sequence<ResidualOf<Norm1, Attention, Drop>, ResidualOf<Norm2, Linear1, Activation, Drop, Linear2, Drop>>,
        Sequence<ResidualOf<Attention, Drop>, Norm1, ResidualOf<Linear1, Activation, Drop, Linear2, Drop>, Norm2>>;
};

// A layer; or, where there is none, an error and what adds no other.
template <std::size_t Features, std::size_t Heads, std::size_t Mlp, TransformerOptions Options, class Activation, class Mask> consteval auto encoder_layer() {
    constexpr bool has_sizes = Features > 0 && Heads > 0 && Mlp > 0;
    constexpr bool divides = !has_sizes || Features % (Heads > 0 ? Heads : 1) == 0;
    constexpr bool drops = Options.dropout >= 0 && Options.dropout < 1;
    static_assert(has_sizes, "TransformerEncoder: it needs at least one feature, one head and one hidden unit");
    static_assert(divides, "TransformerEncoder: the heads divide the features");
    static_assert(drops, "TransformerEncoder: dropout is at least 0 and below 1");
    if constexpr (has_sizes && divides && drops)
        return std::type_identity<typename EncoderParts<Features, Heads, Mlp, Options, Activation, Mask>::Layer>{};
    else return std::type_identity<Identity>{};
}
template <std::size_t Features, std::size_t Heads, std::size_t Mlp, TransformerOptions Options, class Activation, class Mask>
using EncoderLayer = typename decltype(encoder_layer<Features, Heads, Mlp, Options, Activation, Mask>())::type;

template <class Layer, std::size_t> using Same = Layer;
template <std::size_t Depth> consteval bool sound_depth() {
    static_assert(Depth > 0, "TransformerEncoder: it needs at least one layer");
    return true;
}
template <class Layer, std::size_t... I> Sequential<Same<Layer, I>...> repeated(std::index_sequence<I...>);
}  // namespace detail

template <std::size_t Features, std::size_t Heads, std::size_t Mlp, TransformerOptions Options = TransformerOptions{}, class Activation = GELU, class Mask = NoMask>
struct TransformerEncoderLayer : detail::EncoderLayer<Features, Heads, Mlp, Options, Activation, Mask> {
    static constexpr Text name() { return text("TransformerEncoderLayer<", Features, ",", Heads, ",", Mlp, ">"); }
    template <class In> static consteval Text fault(const Text& where, const Text& before) {
        if constexpr (In::rank == 2 && last_axis<In> == Features)
            return detail::EncoderLayer<Features, Heads, Mlp, Options, Activation, Mask>::template fault<In>(where, before);
        else return text(layer_text<TransformerEncoderLayer>(where), " expects Tx", Features, " tokens, but ", before, " gives ", shape_text<In>);
    }
};

template <std::size_t Features, std::size_t Heads, std::size_t Mlp, std::size_t Depth, TransformerOptions Options = TransformerOptions{},
          class Activation = GELU, class Mask = NoMask>
    requires(detail::sound_depth<Depth>())
struct TransformerEncoder : Sequential<Named<"layers", decltype(detail::repeated<TransformerEncoderLayer<Features, Heads, Mlp, Options, Activation, Mask>>(
                                                           std::make_index_sequence<(Depth > 0 ? Depth : 1)>{}))>> {
    static constexpr Text name() { return text("TransformerEncoder<", Features, ",", Heads, ",", Mlp, ",", Depth, ">"); }
};

}  // namespace kiln
