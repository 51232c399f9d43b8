// LayerFunctions: a layer with its input as functions, sizes and names, for code that need not be compiled again for every layer: what
// checks layers is compiled once for each kind of lanes. Training and prediction know the layer's type, which is what makes them fast.
#pragma once
#include <cstdint>
#include <vector>
#include "kiln/core/initialise.hpp"
#include "kiln/core/workspace.hpp"

namespace kiln {

template <class L> struct LayerFunctions {
    using T = scalar<L>;
    Text name;
    Mode mode;
    std::size_t in, out;                          // numbers of one sample
    std::size_t vocabulary;                       // of tokens; 0 where x is numbers
    std::size_t parameter_extent, buffer_extent;  // of the flat arrays
    std::size_t tile_extent;                      // of a tile's workspace, in lane vectors;
    const std::size_t* layout;                    // where its arrays lie is a tile_layout
    std::vector<NamedArray> parameters, buffers;
    void (*start)(T* parameters, T* buffers, std::uint64_t seed);
    void (*forward)(const Group<L>&, const T* parameters, const T* buffers);
    void (*backward)(const Group<L>&, const T* parameters, const T* buffers);  // dx too; null where the mode does not go back
};

template <class Layer, class In, Mode mode, class L> constexpr LayerFunctions<L> layer_functions() {
    using T = scalar<L>;
    LayerFunctions<L> result{.name = Layer::name(),
                             .mode = mode,
                             .in = In::size,
                             .out = output_of<Layer, In>::size,
                             .vocabulary = 0,
                             .parameter_extent = parameters_of<Layer, In>::extent,
                             .buffer_extent = buffers_of<Layer, In>::extent,
                             .tile_extent = tile_extent<Layer, In, mode>,
                             .layout = tile_layout<Layer, In, mode>.data(),
                             .parameters = named_arrays<parameters_of<Layer, In>>(),
                             .buffers = named_arrays<buffers_of<Layer, In>>(),
                             .start = [](T* parameters, T* buffers, std::uint64_t seed) { kiln::start<Layer, In>(parameters, buffers, seed); },
                             .forward = [](const Group<L>& group, const T* parameters, const T* buffers) {
                                 kiln::forward<Layer, In, mode>(group, root_place<Layer, In, mode, T>(parameters, buffers));
                             },
                             .backward = nullptr};
    if constexpr (is_tokens<In>) result.vocabulary = In::vocabulary;
    if constexpr (goes_back(mode))
        result.backward = [](const Group<L>& group, const T* parameters, const T* buffers) {
            kiln::backward<Layer, In, mode, true>(group, root_place<Layer, In, mode, T>(parameters, buffers));
        };
    return result;
}

}  // namespace kiln
