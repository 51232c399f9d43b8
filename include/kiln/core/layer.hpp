// What a layer is. A layer is a type without data; it says
//
//     name()                       "Linear<256,120>"
//     accepts<In>, output_shape<In>, expected()      its shape rule, and what it wants, in words
//     Parameters, Buffers          Arrays<...>: trained; kept with the model but not trained          (optional)
//     Cache, Scratch               Arrays<...>: kept from forward to backward; used within one call    (optional)
//     in_place, reads              may y overwrite x (and dx dy)?  does backward read x or y?          (optional)
//     forward(tile), backward(tile)
//     infer(tile), infer_backward(tile)    where inference differs from training                       (optional)
//     init(parameters, draw)               where parameters do not start at zero                       (optional)
//     multiply_adds<In>                    of one sample's forward pass, for counting FLOPs            (optional)
//     one_sample(tile)                     inference of one sample, features in lanes                  (optional)
//     Packed<In, T>, pack(...)             what one_sample reads instead of the parameters             (optional)
//     WithBias<In>, channel(i)             an affine map: itself with a bias, and to which channel of y weight i belongs: where
//                                          one sample is predicted, the normalisation after it is folded into it  (optional)
//     scales_channels                      its Packed is a scale and a shift of every channel, and no more  (optional)
//     plan<In, L>()                        how its kernel works on tiles of L, in words: "direct 6x2"  (optional)
//
// Any of the array lists, and expected(), may be a template over In where it depends on the input shape. What is left
// out has a default that is always right. More that a layer may say stands beside each trait below.
//
// Where these functions are constexpr, a network of constants is one (model/evaluate.hpp), and the compiler can check the gradients.
//
// A layer whose input is Tokens says takes_tokens = true; no other is given them.
//
// A layer that mixes samples says mixes_samples = true, and its forward and backward get a batch: all the tiles of
// this thread, with batch.total() to sum over the whole minibatch. Everything else never meets more than one tile.
#pragma once
#include "kiln/core/arrays.hpp"
#include "kiln/core/contract.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

enum class Mode {
    training,
    frozen,  // computes as at inference, but keeps what backward needs to reach the layers below
    inference,
    one_sample  // inference of one sample, whose numbers lie one by one: see core/one_sample.hpp
};
constexpr Mode without_training(Mode mode) { return mode == Mode::training ? Mode::frozen : mode; }
constexpr bool goes_back(Mode mode) { return mode == Mode::training || mode == Mode::frozen; }

// What backward reads again of forward's input and output.
enum class Reads { nothing, x, y, both };
constexpr Reads read_of(bool x, bool y) { return x ? (y ? Reads::both : Reads::x) : (y ? Reads::y : Reads::nothing); }
constexpr bool reads_x(Reads r) { return r == Reads::x || r == Reads::both; }
constexpr bool reads_y(Reads r) { return r == Reads::y || r == Reads::both; }

// A part of a composite under a name of its own instead of its number: Sequential<Named<"conv1", Conv<1, 6, 5>>, ...> has a
// parameter "conv1.weight". And a part whose parameters stand in the composite's own list, under names without its number.
template <Name name, class Layer> struct Named : Layer {};
template <class Layer> struct Inline : Layer {};

// What a composite makes of a part: the layer itself, the list that holds its arrays, and its place in sentences.
template <class Part> struct PartOf {
    using Layer = std::conditional_t<std::is_class_v<Part>, Part, NoLayer<Part>>;
    template <class List> using Holder = NamedList<"", List>;
    static constexpr Text inside(const Text& where, std::size_t i) { return where.empty() ? text(i) : text(where, ".", i); }
};
template <Name name, class Part> struct PartOf<Named<name, Part>> {
    using Layer = Part;
    template <class List> using Holder = NamedList<name, List>;
    static constexpr Text inside(const Text& where, std::size_t) { return where.empty() ? Text{name.view()} : text(where, ".", name.view()); }
};
template <class Part> struct PartOf<Inline<Part>> {
    using Layer = Part;
    template <class List> using Holder = InlineList<List>;
    static constexpr Text inside(const Text& where, std::size_t) { return where; }
};
template <class Part> using unnamed = typename PartOf<Part>::Layer;

// A composite lists its parts with Parts<In>; parameters, buffers and numbering follow from the list.
template <class Part, class In_> struct Child {
    using Layer = unnamed<Part>;
    using In = In_;
    template <class List> using Holder = typename PartOf<Part>::template Holder<List>;
};
template <class... Parts> struct Children {
    static constexpr std::size_t count = sizeof...(Parts);
    template <std::size_t I> using at = type_at<I, Parts...>;
};

// Whether a layer takes an input of this shape. Tokens are no quantities: only a layer that says takes_tokens reads them, and
// a composite as its parts do. What lacks something takes nothing: contract_fault says what.
template <class Layer, class In> inline constexpr bool accepts = [] {
    if constexpr (!is_layer<Layer> || (is_tokens<In> && !Composite<Layer> && !requires { Layer::takes_tokens; })) return false;
    else if constexpr (!requires { Layer::template accepts<In>; }) return false;
    else if constexpr (!Layer::template accepts<In>) return false;
    else return requires { Layer::template output_shape<In>::size; };
}();

namespace detail {
template <class Layer, class In> consteval auto parameters_list();
template <class Layer, class In> consteval auto buffers_list();
}  // namespace detail
template <class Layer, class In> using output_of = typename Layer::template output_shape<In>;
template <class Layer, class In> using parameters_of = typename decltype(detail::parameters_list<Layer, In>())::type;
template <class Layer, class In> using buffers_of = typename decltype(detail::buffers_list<Layer, In>())::type;

// A layer's optional members, with their defaults.
namespace detail {
template <class... P> consteval auto children_parameters(Children<P...>) {
    return std::type_identity<Arrays<typename P::template Holder<parameters_of<typename P::Layer, typename P::In>>...>>{};
}
template <class... P> consteval auto children_buffers(Children<P...>) {
    return std::type_identity<Arrays<typename P::template Holder<buffers_of<typename P::Layer, typename P::In>>...>>{};
}
template <class Layer, class In> consteval auto parameters_list() {
    if constexpr (requires { typename Layer::template Parameters<In>; }) return std::type_identity<typename Layer::template Parameters<In>>{};
    else if constexpr (requires { typename Layer::template Parts<In>; }) return children_parameters(typename Layer::template Parts<In>{});
    else if constexpr (requires { typename Layer::Parameters; }) return std::type_identity<typename Layer::Parameters>{};
    else return std::type_identity<Arrays<>>{};
}
template <class Layer, class In> consteval auto buffers_list() {
    if constexpr (requires { typename Layer::template Buffers<In>; }) return std::type_identity<typename Layer::template Buffers<In>>{};
    else if constexpr (requires { typename Layer::template Parts<In>; }) return children_buffers(typename Layer::template Parts<In>{});
    else if constexpr (requires { typename Layer::Buffers; }) return std::type_identity<typename Layer::Buffers>{};
    else return std::type_identity<Arrays<>>{};
}
template <class Layer, class In> consteval auto cache() {
    if constexpr (requires { typename Layer::template Cache<In>; }) return std::type_identity<typename Layer::template Cache<In>>{};
    else if constexpr (requires { typename Layer::Cache; }) return std::type_identity<typename Layer::Cache>{};
    else return std::type_identity<Arrays<>>{};
}
template <class Layer, class In> consteval auto scratch() {
    if constexpr (requires { typename Layer::template Scratch<In>; }) return std::type_identity<typename Layer::template Scratch<In>>{};
    else if constexpr (requires { typename Layer::Scratch; }) return std::type_identity<typename Layer::Scratch>{};
    else return std::type_identity<Arrays<>>{};
}
}  // namespace detail

template <class Layer, class In> using cache_of = typename decltype(detail::cache<Layer, In>())::type;
template <class Layer, class In> using scratch_of = typename decltype(detail::scratch<Layer, In>())::type;
template <class Layer, class In> inline constexpr bool trainable = parameters_of<Layer, In>::extent > 0;

template <class Layer> inline constexpr bool mixes_samples = [] {
    if constexpr (requires { Layer::mixes_samples; }) return Layer::mixes_samples;
    else return false;
}();
template <class Layer> inline constexpr bool in_place = [] {
    if constexpr (requires { Layer::in_place; }) return Layer::in_place;
    else return false;
}();
template <class Layer> inline constexpr Reads reads = [] {
    if constexpr (requires { Layer::reads; }) return Layer::reads;
    else return Reads::both;
}();
// Backward writes the gradient of a shard's first tile (tile.first_of_shard) and adds that of the others. Without it
// the gradient starts at zero and every tile adds.
template <class Layer> inline constexpr bool overwrites_gradient = [] {
    if constexpr (requires { Layer::overwrites_gradient; }) return Layer::overwrites_gradient;
    else return false;
}();
// Backward writes dx only where the tile wants it. So that a network's own dx, which nobody reads, needs no memory.
template <class Layer> inline constexpr bool skips_dx = requires { requires Layer::skips_dx; };
namespace detail {
template <class... P> consteval bool children_skip_dx(Children<P...>);
}
// The same of a layer or composite with all that is in it: what has no parameters is not run where no dx is wanted.
template <class Layer, class In> inline constexpr bool all_skip_dx = [] {
    if constexpr (!trainable<Layer, In>) return true;
    else if constexpr (requires { typename Layer::template Parts<In>; }) return detail::children_skip_dx(typename Layer::template Parts<In>{});
    else return skips_dx<Layer>;
}();
namespace detail {
template <class... P> consteval bool children_skip_dx(Children<P...>) { return (all_skip_dx<typename P::Layer, typename P::In> && ...); }
}
// y is an increasing function of x, element by element: a maximum may be taken before it.
template <class Layer> inline constexpr bool increasing = requires { requires Layer::increasing; };
// Every y is one of the x of its window: an increasing function may follow instead of come before.
template <class Layer> inline constexpr bool takes_maxima = requires { requires Layer::takes_maxima; };
// y is x, number by number: whoever has x needs no copy.
template <class Layer> inline constexpr bool y_is_x = requires { requires Layer::y_is_x; };
// What is wrong with it whatever its input was an error where it was named: a model of it does not repeat that.
template <class Layer> inline constexpr bool reported = requires { requires Layer::reported; };
// y is a distribution already: a loss that takes logits must not follow.
template <class Layer> inline constexpr bool gives_probabilities = requires { requires Layer::gives_probabilities; };
template <class Layer> inline constexpr std::size_t layer_count = [] {
    if constexpr (requires { Layer::layer_count; }) return Layer::layer_count;
    else return std::size_t{1};
}();

// What is known of a layer's input and output without the shape of the network's input: the extents of the first axis
// (channels) and of the last (features); 0 where nothing is.
struct Known {
    std::size_t channels = 0, features = 0;
};
template <class Layer> inline constexpr Known takes = [] {
    if constexpr (requires { Layer::takes; }) return Layer::takes;
    else return Known{};
}();
template <class Layer> constexpr Known known_after(Known before) {
    if constexpr (requires { Layer::gives; }) return Layer::gives;
    else if constexpr (requires { Layer::keeps; }) return {Layer::keeps.channels * before.channels, Layer::keeps.features * before.features};
    else return {};
}
inline constexpr Known all_axes{1, 1}, channels_only{1, 0};  // for `keeps`: as many as before, or a multiple, or 0: unknown

// Multiply-adds of the matrix products and convolutions of one sample's forward pass, by real taps.
template <class Layer, class In> inline constexpr std::size_t multiply_adds = [] {
    if constexpr (requires { Layer::template multiply_adds<In>; }) return Layer::template multiply_adds<In>;
    else return std::size_t{0};
}();
// The same of backward: once for dx, where it is wanted, and once for the parameters.
template <class Layer, class In, bool WantsDx> inline constexpr std::size_t backward_multiply_adds = [] {
    if constexpr (requires { Layer::template backward_multiply_adds<In, WantsDx>; }) return Layer::template backward_multiply_adds<In, WantsDx>;
    else return multiply_adds<Layer, In> * ((WantsDx ? 1 : 0) + (trainable<Layer, In> ? 1 : 0));
}();

// The room that an array of lane vectors takes. One sample's begin at a cache line, so that few loads of several numbers cross one.
template <Mode mode> constexpr std::size_t room(std::size_t size) { return mode == Mode::one_sample ? round_up(size, parameter_alignment) : size; }

// Lane vectors a layer needs in a tile's workspace: alive from forward to backward, and within one call.
struct Workspace {
    std::size_t kept = 0, scratch = 0;
};
template <class Layer, class In, Mode mode> inline constexpr Workspace workspace = [] {
    if constexpr (Composite<Layer>) return Layer::template workspace<In, mode>;
    else if constexpr (mode == Mode::one_sample && requires { typename Layer::template OneSampleScratch<In>; })
        return Workspace{0, room<mode>(Layer::template OneSampleScratch<In>::extent)};
    else return Workspace{room<mode>(cache_of<Layer, In>::extent), room<mode>(scratch_of<Layer, In>::extent)};
}();

}  // namespace kiln
