// Facts of a network as constants: counts, FLOPs, bytes, and a table of its layers. They are for static_asserts, for template arguments,
// and for tables of one's own; a Model of it is not needed.
//
//     static_assert(kiln::parameter_count<LeNet5, Image> == 44'426);
//     for (const kiln::LayerFacts& layer : kiln::layer_facts<LeNet5, Image>) ...
//
// A network that does not fit its input is the one error that its Model would be. report/summary.hpp makes text of them.
#pragma once
#include "kiln/core/chain.hpp"
#include "kiln/core/workspace.hpp"
#include "kiln/layers/flatten.hpp"

namespace kiln {

namespace detail {
// What a network that does not fit is counted and run as, once that is reported, so that what follows adds no error of its own.
struct StandIn : Flatten {
    static constexpr bool takes_tokens = true;
};
template <class Net, class Input> consteval auto fitting() {
    if constexpr (accepts<Net, Input>) return std::type_identity<Net>{};
    else {
        static_assert(report_fault<Net, Input>());
        return std::type_identity<StandIn>{};
    }
}
template <class Net, class Input> using Fitting = typename decltype(fitting<Net, Input>())::type;

// The parameters that Frozen keeps from training, which are among the buffers.
template <class Layer, class In> inline constexpr std::size_t frozen_parameters = [] {
    if constexpr (requires { typename Layer::Held; })
        return parameters_of<typename Layer::Held, In>::size + frozen_parameters<typename Layer::Held, In>;
    else if constexpr (requires { typename Layer::template Parts<In>; })
        return []<class... P>(Children<P...>) {
            return (std::size_t{0} + ... + frozen_parameters<typename P::Layer, typename P::In>);
        }(typename Layer::template Parts<In>{});
    else return std::size_t{0};
}();
}  // namespace detail

// Numbers that are trained; that Frozen keeps from it; and that belong to the model without being parameters, such as running means.
template <class Net, class Input> inline constexpr std::size_t parameter_count = parameters_of<detail::Fitting<Net, Input>, Input>::size;
template <class Net, class Input> inline constexpr std::size_t frozen_parameter_count = detail::frozen_parameters<detail::Fitting<Net, Input>, Input>;
template <class Net, class Input>
inline constexpr std::size_t buffer_count = buffers_of<detail::Fitting<Net, Input>, Input>::size - frozen_parameter_count<Net, Input>;

// The memory in which a Model has its parameters, and all else: each array is padded to whole vectors.
template <class Net, class Input, class T = float>
inline constexpr std::size_t parameter_bytes = parameters_of<detail::Fitting<Net, Input>, Input>::extent * sizeof(T);
template <class Net, class Input, class T = float>
inline constexpr std::size_t buffer_bytes = buffers_of<detail::Fitting<Net, Input>, Input>::extent * sizeof(T);

// Of one sample's prediction, and of a training step's share of one sample (no gradient of the network's input): twice the multiply-adds
// of matrix products and convolutions, by real taps.
template <class Net, class Input> inline constexpr std::size_t flops = 2 * multiply_adds<detail::Fitting<Net, Input>, Input>;
template <class Net, class Input>
inline constexpr std::size_t training_flops = flops<Net, Input> + 2 * backward_multiply_adds<detail::Fitting<Net, Input>, Input, false>;

// The workspace: of a thread that predicts with a Model (inference: one tile of tile_width samples), or of a Predictor (one_sample).
template <class Net, class Input, class T = float, Mode mode = Mode::inference>
inline constexpr std::size_t workspace_bytes = tile_extent<detail::Fitting<Net, Input>, Input, mode> * sizeof(T) *
                                               (mode == Mode::one_sample ? 1 : tile_width<detail::Fitting<Net, Input>, Input, T>);

// The extents of a shape, as numbers.
class Extents {
public:
    constexpr Extents() = default;
    template <std::size_t... E> constexpr Extents(Shape<E...>) : rank_(sizeof...(E)), extents_{E...} {
        static_assert(sizeof...(E) <= most, "a table of layers has room for shapes of at most 8 axes");
    }
    constexpr std::size_t size() const { return rank_; }
    constexpr std::size_t operator[](std::size_t axis) const { return extents_[axis]; }
    constexpr const std::size_t* begin() const { return extents_.data(); }
    constexpr const std::size_t* end() const { return extents_.data() + rank_; }

private:
    static constexpr std::size_t most = 8;
    std::size_t rank_ = 0;
    std::array<std::size_t, most> extents_{};
};

// A layer of a network; for one sample. What a composite says is the sum over its parts, which follow it one level deeper.
struct LayerFacts {
    std::size_t depth = 0;          // 0 for the parts of the network itself
    Text path = {};                 // "2.branch.0": what the names of its parameters begin with
    Text name = {};                 // "Conv<1,6,5>"
    bool composite = false;
    Extents output = {};
    std::size_t parameters = 0;     // that are trained
    std::size_t frozen = 0;         // that are not
    std::size_t multiply_adds = 0;  // forward
    std::size_t bytes = 0;          // of its output
    Text plan = {};                 // "direct 6x2": how its kernel works on a Model's tiles; empty where there is none to choose
};

namespace detail {
// How many layers are inside a composite, at any depth.
template <class Layer, class In> inline constexpr std::size_t layers_inside = [] {
    if constexpr (requires { typename Layer::Held; }) return layers_inside<typename Layer::Held, In>;
    else if constexpr (requires { typename Layer::template Parts<In>; })
        return []<class... P>(Children<P...>) {
            return (std::size_t{0} + ... + (1 + layers_inside<typename P::Layer, typename P::In>));
        }(typename Layer::template Parts<In>{});
    else return std::size_t{0};
}();

struct Inside {  // where a layer stands
    Text path = {};
    std::size_t depth = 0;
    bool frozen = false;
};
template <class Layer, class In, class L> constexpr void list_parts(LayerFacts*& row, const Inside& at);
template <class Layer, class In, class L> constexpr void list_layer(LayerFacts*& row, const Inside& at) {
    using Out = output_of<Layer, In>;
    constexpr std::size_t parameters = parameters_of<Layer, In>::size;
    LayerFacts& facts = *row++;
    facts.depth = at.depth;
    facts.path = at.path;
    facts.name = Layer::name();
    facts.composite = Composite<Layer>;
    facts.output = Extents{Out{}};
    facts.parameters = at.frozen ? 0 : parameters;
    facts.frozen = frozen_parameters<Layer, In> + (at.frozen ? parameters : 0);
    facts.multiply_adds = multiply_adds<Layer, In>;
    facts.bytes = Out::size * sizeof(scalar<L>);
    if constexpr (requires { Layer::template plan<In, L>(); }) facts.plan = Layer::template plan<In, L>();
    list_parts<Layer, In, L>(row, {at.path, at.depth + 1, at.frozen});
}
template <class Layer, class In, class L> constexpr void list_parts(LayerFacts*& row, const Inside& at) {
    if constexpr (requires { typename Layer::Held; }) list_parts<typename Layer::Held, In, L>(row, {at.path, at.depth, true});
    else if constexpr (requires { typename Layer::template Parts<In>; }) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I>() {
            using Part = typename Parts::template at<I>;
            const Text path = path_of<typename Part::template Holder<Arrays<>>>(at.path, I);
            list_layer<typename Part::Layer, typename Part::In, L>(row, {path, at.depth, at.frozen});
        });
    }
}
}  // namespace detail

// Every layer of a network, in its order, each composite before its parts: a std::array. A network that is a single layer is the only row.
template <class Net, class Input, class T = float>
inline constexpr auto layer_facts = [] {
    using Layer = detail::Fitting<Net, Input>;
    using L = Lanes<T, tile_width<Layer, Input, T>>;
    constexpr std::size_t inside = detail::layers_inside<Layer, Input>;
    std::array<LayerFacts, std::max(inside, std::size_t{1})> rows;
    LayerFacts* row = rows.data();
    if constexpr (inside > 0) detail::list_parts<Layer, Input, L>(row, {});
    else detail::list_layer<Layer, Input, L>(row, {});
    return rows;
}();

}  // namespace kiln
