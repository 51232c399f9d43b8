// activations(model, sample): what every layer of a network makes of one sample, as at inference.
//
//     for (const auto& [path, layer, extents, values] : kiln::activations(model, sample)) ...
//
// The first is the sample itself, the last what predict() gives, the same bits. A Sequential inside a Sequential is walked
// layer by layer; any other composite is one layer.
#pragma once
#include <string>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/model/model.hpp"

namespace kiln {

template <class T> struct Activation {
    std::string path;                  // "0", "2.1", "conv1": what the layer's parameters' names begin with; "" for the sample
    std::string layer;                 // "Conv<1,6,5>"; "input" for the sample
    std::vector<std::size_t> extents;  // 6, 24, 24
    std::vector<T> values;             // row by row
};

namespace detail {
// Where the layers of a Sequential stand; nothing for any other layer.
template <class Net> struct SequentialPaths;
template <class... Layers> struct SequentialPaths<Sequential<Layers...>> {
    template <std::size_t I> static constexpr Text at(const Text& where) { return PartOf<type_at<I, Layers...>>::inside(where, I); }
};

// Every layer runs as a network of its own, on what the one before it has given.
template <class Layer, class In, class L>
void activate(const scalar<L>* parameters, const scalar<L>* buffers, const Text& path, std::vector<Activation<scalar<L>>>& all) {
    if constexpr (requires { sizeof(SequentialPaths<Layer>); }) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I>() {
            using Part = typename Parts::template at<I>;
            activate<typename Part::Layer, typename Part::In, L>(parameters + parameters_of<Layer, In>::offsets[I],
                                                                 buffers + buffers_of<Layer, In>::offsets[I], SequentialPaths<Layer>::template at<I>(path), all);
        });
    } else {
        using T = scalar<L>;
        using Out = output_of<Layer, In>;
        std::vector<T> values(Out::size);
        infer<Layer, In, L>(parameters, buffers, Rows<In, Shape<1>, T>{all.back().values.data(), 1}, 1,
                            [&](std::span<const SampleIndex>, View<Out, L> y) {
                                store_rows(static_cast<const L*>(y.data), Out::size, 1, values.data(), Out::size);
                            });
        all.push_back({std::string{path.view()}, std::string{Layer::name().view()}, {Out::extents.begin(), Out::extents.end()}, std::move(values)});
    }
}
}  // namespace detail

// The sample is a tensor of the model's input shape; DataError where it is not.
template <class Net, class Input, class T> std::vector<Activation<T>> activations(const Model<Net, Input, T>& model, const auto& sample) {
    check_sample<Input>(sample);
    const auto& numbers = in_rows<T>(sample);
    const T* const first = first_number(numbers);
    std::vector<Activation<T>> all{{"", "input", {Input::extents.begin(), Input::extents.end()}, {first, first + Input::size}}};
    detail::activate<Net, Input, Lanes<T, tile_width<Net, Input, T>>>(model.parameters().data(), model.buffers().data(), "", all);
    return all;
}

}  // namespace kiln
