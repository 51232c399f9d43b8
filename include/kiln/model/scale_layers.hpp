// scale_layers(model, data): an initialisation that looks at data. Every layer's weight and bias are multiplied so that its outputs
// have a root mean square of 1, one layer after another:
//
//     kiln::Model<Net, Input> model{kiln::Seed{1}, kiln::Kaiming{}};
//     kiln::scale_layers(model, train.take(16));
//
// Activations then neither vanish nor grow, whatever the data's scale and the activation functions, and the first steps bear a
// higher learning rate. Mishkin, Matas: All you need is a good init (LSUV), 2016; by the root mean square, and in one pass, for a
// layer's output is proportional to what is multiplied.
#pragma once
#include <cmath>
#include <numeric>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/model/mismatch.hpp"
#include "kiln/model/model.hpp"

namespace kiln {

namespace detail {
template <class Layer> inline constexpr bool is_sequential = false;
template <class... Layers> inline constexpr bool is_sequential<Sequential<Layers...>> = true;

// Whether all parameters of a layer are a weight, of two axes or more, and perhaps a bias: its output is proportional to them.
template <class Layer, class In> inline constexpr bool is_affine = [] {
    bool weight = false, other = false;
    each_array<parameters_of<Layer, In>>([&]<class Array>(std::string_view name, std::size_t) {
        if (name == "weight" && Array::shape::rank >= 2) weight = true;
        else if (name != "bias") other = true;
    });
    return weight && !other;
}();

// Scales a layer's parameters, or those of the layers inside a Sequential, by what they make of inputs [n, In]; gives the outputs
// [n, Out]. A layer that ends the network is left as it is.
template <class Layer, class In, class L>
std::vector<scalar<L>> scale_layer(scalar<L>* parameters, const scalar<L>* buffers, std::vector<scalar<L>> x, bool ends_network) {
    using T = scalar<L>;
    if constexpr (is_sequential<Layer>) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I>() {
            using Part = typename Parts::template at<I>;
            x = scale_layer<typename Part::Layer, typename Part::In, L>(parameters + parameters_of<Layer, In>::offsets[I],
                                                                        buffers + buffers_of<Layer, In>::offsets[I], std::move(x),
                                                                        ends_network && I + 1 == Parts::count);
        });
        return x;
    } else {
        constexpr std::size_t outputs = output_of<Layer, In>::size;
        const std::size_t n = x.size() / In::size;
        std::vector<T> y(n * outputs);
        infer<Layer, In, L>(parameters, buffers, Rows<In, Shape<1>, T>{x.data(), n}, 1, [&](std::span<const SampleIndex> which, auto out) {
            store_rows(static_cast<const L*>(out.data), outputs, which.size(), y.data() + which.front() * outputs, outputs);
        });
        if constexpr (is_affine<Layer, In>) {
            const double squares = std::transform_reduce(y.begin(), y.end(), 0.0, std::plus{}, [](T number) { return double{number} * double{number}; });
            const double scale = std::sqrt(static_cast<double>(y.size()) / squares);
            if (!ends_network && std::isfinite(scale)) {
                const auto multiply = [&](T& number) { number = static_cast<T>(double{number} * scale); };
                std::for_each_n(parameters, parameters_of<Layer, In>::extent, multiply);
                std::ranges::for_each(y, multiply);
            }
        }
        return y;
    }
}
}  // namespace detail

// The layers are those of a Sequential, at any depth, whose parameters are a weight and perhaps a bias: Conv, Linear, ConvTranspose,
// Embedding, also where they stand in a Sequential inside it. The network's last layer, whose outputs go to the loss, layers that
// give only zeros, and composites of another kind are left as they are. DataError where the data set is empty.
template <class Net, class Input, class T, class Target> void scale_layers(Model<Net, Input, T>& model, const Dataset<Input, Target>& data) {
    if (data.empty()) fail<DataError>("scale_layers needs at least one sample");
    std::vector<SampleIndex> all(data.size());
    std::iota(all.begin(), all.end(), SampleIndex{0});
    std::vector<T> x(data.size() * Input::size);
    data.samples().copy(std::span<const SampleIndex>{all}, x.data());
    detail::scale_layer<Net, Input, Lanes<T, tile_width<Net, Input, T>>>(model.parameters().data(), model.buffers().data(), std::move(x), true);
}

}  // namespace kiln
