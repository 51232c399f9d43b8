// What a type lacks to be a layer, in words. It is looked at once for each type, without a tile: whether forward and backward take one
// shows where they are called.
#pragma once
#include "kiln/core/type_name.hpp"

namespace kiln {

template <class Layer> concept Composite = requires { requires Layer::composite; };

// What stands for a part of a network that is not even a class.
template <class T> struct NoLayer {
    using Given = T;
    template <class In> using output_shape = In;
};

namespace detail {
// A template cannot be named without its arguments; but where a class has a member of that name, a second beside it is ambiguous.
struct Directions {
    int forward, backward;
};
template <class Layer> struct Beside : Layer, Directions {};
template <class Layer> inline constexpr bool has_forward = !requires { &Beside<Layer>::forward; };
template <class Layer> inline constexpr bool has_backward = !requires { &Beside<Layer>::backward; };
template <class Layer> inline constexpr bool has_name = requires { Text{Layer::name()}; };
}  // namespace detail

// Whether a type has what every layer has, whatever its input. (Nobody may derive from a final class, which is taken at its word.)
template <class Layer> inline constexpr bool is_layer = [] {
    if constexpr (!std::is_class_v<Layer> || !detail::has_name<Layer>) return false;
    else if constexpr (Composite<Layer>) return !requires { requires Layer::count == 0; };
    else if constexpr (std::is_final_v<Layer>) return true;
    else return detail::has_forward<Layer> && detail::has_backward<Layer>;
}();

// What a sentence calls it, whether it says its name or not.
template <class Layer> constexpr Text called() {
    if constexpr (requires { typename Layer::Given; }) return type_name<typename Layer::Given>();
    else if constexpr (detail::has_name<Layer>) return Layer::name();
    else return type_name<Layer>();
}

// " has no backward(tile): ...": what follows its name in a sentence; empty where it lacks nothing. Without an input shape, that is void.
template <class Layer, class In = void> consteval Text contract_fault() {
    if constexpr (requires { typename Layer::Given; }) return contract_fault<typename Layer::Given>();
    else if constexpr (!std::is_class_v<Layer>)
        return std::is_function_v<Layer> ? " is a function: name the layer without parentheses" : " is no layer: a layer is a type such as kiln::ReLU";
    else if constexpr (Composite<Layer> && detail::has_name<Layer>) return is_layer<Layer> ? "" : " has no branches: give it at least one";
    else if constexpr (requires { typename Layer::Network; }) return " is a model, not a layer: name its network instead";
    else if constexpr (requires { &Layer::reduction; }) return " is a loss, not a layer: give it to the Trainer";
    else if constexpr (requires { Layer::moments; }) return " is an optimiser, not a layer: give it to the Trainer";
    else if constexpr (requires { Layer::extents; }) return " is a shape, not a layer: the input's shape is given to the Model";
    else if constexpr (std::is_final_v<Layer>)
        return detail::has_name<Layer> ? "" : " has no name(): add `static constexpr kiln::Text name()`";
    else if constexpr (!detail::has_name<Layer> && !detail::has_forward<Layer> && !detail::has_backward<Layer>)
        return " is no layer: a layer has name(), accepts<In>, output_shape<In>, forward(tile) and backward(tile)";
    else if constexpr (!detail::has_name<Layer>) return " has no name(): add `static constexpr kiln::Text name()`";
    else if constexpr (!detail::has_forward<Layer>)
        return " has no forward(tile): add `static constexpr void forward(auto tile)`, which writes tile.y";
    else if constexpr (!detail::has_backward<Layer>)
        return " has no backward(tile): add `static constexpr void backward(auto tile)`, which writes tile.dx";
    else if constexpr (std::is_void_v<In>) return "";
    else if constexpr (!requires { Layer::template accepts<In>; })
        return " has no accepts<In>: add `template <class In> static constexpr bool accepts = true;`, or the shapes that it takes";
    else if constexpr (Layer::template accepts<In> && !requires { Layer::template output_shape<In>::size; })
        return " has no output_shape<In> that is a Shape: add `template <class In> using output_shape = In;`, or the shape that it gives";
    else return "";
}

}  // namespace kiln
