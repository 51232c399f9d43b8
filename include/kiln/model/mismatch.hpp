// What does not go together, each a sentence: a loss and a network, a data set and a model, labels and classes.
#pragma once
#include <string>
#include "kiln/compose/sequential.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/losses/loss.hpp"

namespace kiln::detail {

// The name of the layer that a network ends in.
template <class Net> constexpr Text last_name(const Net*) { return Net::name(); }
template <class... Layers> constexpr Text last_name(const Sequential<Layers...>*) {
    return last_name(static_cast<const unnamed<type_at<sizeof...(Layers) - 1, Layers...>>*>(nullptr));
}

// What is wrong with a loss of a network's outputs; empty where nothing is.
template <class M, class Loss> inline constexpr Text loss_fault = [] {
    using Output = typename M::Output;
    if constexpr (!takes_output<Loss, Output>)
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

template <class Target> inline constexpr Text target_text = text(shape_text<Target>, Target::size == 1 ? " number" : " numbers");
template <> inline constexpr Text target_text<Label> = "labels";
template <std::size_t Steps, std::size_t Classes>
inline constexpr Text target_text<Tokens<Steps, Classes>> = text("one of ", Classes, " classes for each of ", Steps, " steps");

// What is wrong with a data set where a Wanted is wanted: another input, or other targets.
template <class Data, class Wanted> inline constexpr Text data_fault = [] {
    if constexpr (!std::is_same_v<typename Data::Input, typename Wanted::Input>)
        return text("the data set has samples of ", shape_text<typename Data::Input>, ", but the model takes ", shape_text<typename Wanted::Input>);
    else if constexpr (!std::is_same_v<typename Data::Target, typename Wanted::Target>)
        return text("the data set has ", target_text<typename Data::Target>, " as targets, but the loss takes ", target_text<typename Wanted::Target>);
    else return Text{};
}();

// DataError where a data set is empty, or has a label that is none of so many classes. (Tokens have their range in their type.)
template <class Data> void check_data(const Data& data, std::size_t classes, const char* what) {
    if (data.empty()) fail<DataError>(std::string{what} + " is empty: it needs at least one sample");
    if constexpr (std::is_same_v<typename Data::Target, Label>)
        if (data.classes() > classes)
            fail<DataError>(std::string{what} + " has the label " + std::to_string(data.classes() - 1) + ", but the network has " +
                            std::to_string(classes) + " classes, 0 to " + std::to_string(classes - 1));
}

}  // namespace kiln::detail
