// training_fault: why a network, a loss and an optimiser do not train together, in a sentence.
#pragma once
#include "kiln/compose/sequential.hpp"
#include "kiln/losses/loss.hpp"
#include "kiln/optim/parameter_groups.hpp"

namespace kiln::detail {

// The name of the layer that a network ends in.
template <class Net> constexpr Text last_name(const Net*) { return Net::name(); }
template <class... Layers> constexpr Text last_name(const Sequential<Layers...>*) {
    return last_name(static_cast<const unnamed<type_at<sizeof...(Layers) - 1, Layers...>>*>(nullptr));
}

// Whether a type is what its place asks for: losses and optimisers are structs of options.
template <class Loss> concept IsLoss = requires(const Loss& loss) { loss.reduction, Loss::name(); };
template <class Loss> concept HasTerms = of_classes<Loss> || requires(const Loss& loss) { loss.term(double{}, double{}, std::size_t{}); };
template <class Optimizer> concept IsOptimizer = requires(const Optimizer& optimizer) { Optimizer::moments, optimizer.check(); };

// What is wrong with a loss of a network's outputs; empty where nothing is.
template <class M, class Loss> inline constexpr Text loss_fault = [] {
    using Output = typename M::Output;
    if constexpr (!IsLoss<Loss>) return text(called<Loss>(), " is no loss: kiln::CrossEntropy{} or kiln::MSE{} is one");
    else if constexpr (!HasTerms<Loss>) return text(called<Loss>(), " has no term(y, t, i): see kiln/losses/loss.hpp for what a loss says");
    else if constexpr (!takes_output<Loss, Output>)
        return text(Loss::name(), " expects ", classes_expected, ", but the network gives ", shape_text<Output>);
    else {
        const Text last = last_name(static_cast<const typename M::Network*>(nullptr));
        const Text wrong = [&] {
            if constexpr (requires { Loss::after(last.view()); }) return Loss::after(last.view());
            else return Text{};
        }();
        return wrong.empty() ? wrong : text("the network ends in ", last, ", but ", Loss::name(), " ", wrong);
    }
}();

// What is wrong with a loss and an optimiser for a model; empty where nothing is.
template <class M, class Loss, class Optimizer> inline constexpr Text training_fault = [] {
    if constexpr (requires { M::untrainable; }) return M::untrainable;
    else if constexpr (std::is_const_v<M>) return "the model is const, but a Trainer changes its parameters: give one that is not";
    else if constexpr (!loss_fault<M, Loss>.empty()) return loss_fault<M, Loss>;
    else if constexpr (!IsOptimizer<Optimizer>) return text(type_name<Optimizer>(), " is no optimiser: kiln::Adam{} or kiln::SGD{} is one");
    else if constexpr (!requires { typename M::Parameters; }) return Text{};
    else if constexpr (M::Parameters::extent == 0) return "the network has no parameters to train: it has no layer with any that is not Frozen";
    else return kiln::groups_of<Optimizer>::template fault<typename M::Parameters>;
}();

// A network with its input, where there is no Model of it.
template <class Net, class In> struct NetworkOf {
    using Network = Net;
    using Output = output_of<Net, In>;
    using Parameters = parameters_of<Net, In>;
};
template <class Net, class In, class Loss, class Optimizer> inline constexpr Text learning_fault = [] {
    if constexpr (!Fits<Net, In>) return reported<Net> ? Text{} : network_fault<Net, In>;
    else return training_fault<NetworkOf<Net, In>, Loss, Optimizer>;
}();
template <class Net, class In, class Loss, class Optimizer>
concept Learns = Fits<Net, In> && learning_fault<Net, In, Loss, Optimizer>.empty();

}  // namespace kiln::detail
