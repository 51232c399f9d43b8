// One sample at a time: the lane type is a plain number, and a layer may put its features into lanes itself.
//
//     one_sample(tile)            tile.x, tile.y, tile.packed, tile.scratch; y may overwrite x where the layer is in_place
//     Packed<In, T>               Arrays<...> that are read instead of the parameters; made of them, once, by
//     pack<In>(parameters, buffers, packed)  each a tuple of views
//     OneSampleScratch<In>        Arrays<...> used within the call, instead of Cache and Scratch
//
// All are optional. A layer without one_sample runs its infer or forward, which exists for any lane type.
#pragma once
#include "kiln/core/tile.hpp"

namespace kiln {

// The numbers that one-sample prediction reads of a layer: Packed, or else its parameters as they are.
namespace detail {
template <class Layer, class In, class T> consteval auto packed_list();
}
template <class Layer, class In, class T> using packed_of = typename decltype(detail::packed_list<Layer, In, T>())::type;

namespace detail {
// A list that ends, and so the next one begins, at a cache line.
template <class List> struct Aligned : List {
    static constexpr std::size_t extent = round_up(List::extent, parameter_alignment);
};
template <class T, class... P> consteval auto children_packed(Children<P...>) {
    return std::type_identity<Arrays<packed_of<typename P::Layer, typename P::In, T>...>>{};
}
template <class Layer, class In, class T> consteval auto packed_list() {
    if constexpr (requires { typename Layer::template Packed<In, T>; }) return std::type_identity<Aligned<typename Layer::template Packed<In, T>>>{};
    else if constexpr (requires { typename Layer::template Parts<In>; }) return children_packed<T>(typename Layer::template Parts<In>{});
    else return std::type_identity<parameters_of<Layer, In>>{};
}
template <class Layer, class In> consteval auto one_sample_scratch() {
    if constexpr (requires { typename Layer::template OneSampleScratch<In>; }) return std::type_identity<typename Layer::template OneSampleScratch<In>>{};
    else return std::type_identity<Arrays<>>{};
}
}  // namespace detail

// What a layer's one_sample is given.
template <class Layer, class In_, class T_>
struct OneSampleTile {
    using In = In_;
    using T = T_;
    using Out = output_of<Layer, In>;
    using Scratch = typename decltype(detail::one_sample_scratch<Layer, In>())::type;

    View<In, const T> x;
    View<Out, T> y;
    decltype(packed_of<Layer, In, T>::views(std::declval<const T*>())) packed;
    decltype(buffers_of<Layer, In>::views(std::declval<const T*>())) buffers;
    decltype(Scratch::views(std::declval<T*>())) scratch;

    OneSampleTile(T* base, const Place<T>& at)
        : x{base + at.x}, y{base + at.y}, packed{packed_of<Layer, In, T>::views(at.parameters)}, buffers{buffers_of<Layer, In>::views(at.buffers)},
          scratch{Scratch::views(base + at.scratch)} {}
};
template <class Layer, class In, class T>
concept OneSampleLayer = requires(OneSampleTile<Layer, In, T> tile) { Layer::one_sample(tile); };

// Makes the packed numbers of a whole network.
template <class Layer, class In, class T> void pack(const T* parameters, const T* buffers, T* packed) {
    using From = parameters_of<Layer, In>;
    using To = packed_of<Layer, In, T>;
    if constexpr (Composite<Layer> && requires { typename Layer::template Packed<In, T>; }) {
        Layer::template pack<In>(parameters, buffers, packed);
    } else if constexpr (requires { typename Layer::template Parts<In>; }) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I> {
            using Part = typename Parts::template at<I>;
            kiln::pack<typename Part::Layer, typename Part::In>(parameters + From::offsets[I], buffers + buffers_of<Layer, In>::offsets[I], packed + To::offsets[I]);
        });
    } else if constexpr (requires { typename Layer::template Packed<In, T>; }) {
        Layer::template pack<In>(From::views(parameters), buffers_of<Layer, In>::views(buffers), To::views(packed));
    } else {
        std::copy_n(parameters, From::extent, packed);
    }
}

}  // namespace kiln
