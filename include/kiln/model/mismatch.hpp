// What does not go together, each a sentence: a data set and a model, labels and classes.
#pragma once
#include <algorithm>
#include <string>
#include "kiln/data/dataset.hpp"
#include "kiln/losses/loss.hpp"
#include "kiln/model/arguments.hpp"

namespace kiln::detail {

template <class Target> inline constexpr Text target_text = text(shape_text<Target>, Target::size == 1 ? " number" : " numbers");
template <> inline constexpr Text target_text<Label> = "labels";
template <std::size_t Steps, std::size_t Classes>
inline constexpr Text target_text<Tokens<Steps, Classes>> = text("one of ", Classes, " classes for each of ", Steps, " steps");

// What is wrong with a data set where a Wanted is wanted: another input, other targets, or no data set at all.
template <class Data, class Wanted> inline constexpr Text data_fault = [] {
    if constexpr (!is_dataset<Data>)
        return text("a data set is wanted, Dataset<Shape<", extents_text<typename Wanted::Input::shape>, ">, ...>{samples, targets}, but ", given<Data>(), " was given");
    else if constexpr (!std::is_same_v<typename Data::Input, typename Wanted::Input>)
        return text("the data set has samples of ", shape_text<typename Data::Input>, ", but the model takes ", shape_text<typename Wanted::Input>);
    else if constexpr (!std::is_same_v<typename Data::Target, typename Wanted::Target>)
        return text("the data set has ", target_text<typename Data::Target>, " as targets, but the loss takes ", target_text<typename Wanted::Target>);
    else return Text{};
}();
template <class Data, class Wanted> using data_or = std::conditional_t<is_dataset<Data>, Data, Wanted>;

// The same where a pointer to one is wanted.
template <class Given, class Wanted> inline constexpr Text pointer_fault = [] {
    if constexpr (is_dataset<Given>) return "the validation set is given by its address: .validation = &data";
    else return text("the validation set: ", data_fault<std::remove_cvref_t<std::remove_pointer_t<Given>>, Wanted>);
}();

// What is wrong with what a step of training is given; empty where nothing is. Fewer axes than a minibatch has are an error here, extents at
// run time.
template <class Input, class Target, class Loss, class... Given> inline constexpr Text step_fault = [] {
    if constexpr (sizeof...(Given) != 2) {
        Text t = "a step takes a tensor of samples and their targets, or a batch of a Loader over such a data set, but";
        ((t << " " << given<Given>() << ","), ...);
        return text(t, " was given");
    } else {
        using X = type_at<0, Given...>;
        using Targets = type_at<1, Given...>;
        constexpr std::size_t axes = 1 + Input::rank - std::count(Input::extents.begin(), Input::extents.end(), 1);
        if constexpr (!is_number_tensor<X> || (rank_of<X> > 0 && rank_of<X> < axes))
            return text("a step's samples are a tensor of n x ", extents_text<typename Input::shape>, ", but ", given<X>(), " was given");
        else if constexpr (!requires { typename Targets::value_type; })
            return text("a step's targets are a tensor or a list, but ", given<Targets>(), " was given");
        else if constexpr (is_classes<Target>) {
            if constexpr (std::is_integral_v<typename Targets::value_type>) return Text{};
            else return text(Loss::name(), " takes labels, which are whole numbers such as int, but ", type_name<typename Targets::value_type>(), " was given");
        } else if constexpr (!std::is_floating_point_v<typename Targets::value_type>)
            return text(Loss::name(), " takes numbers of type float or double as targets, but ", type_name<typename Targets::value_type>(),
                        " was given: labels are for CrossEntropy");
        else if constexpr (!has_shape<Targets>)
            return text(Loss::name(), " takes targets as a tensor of n x ", extents_text<typename Target::shape>, ", but ", given<Targets>(), " was given");
        else return Text{};
    }
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
