// What is wrong with what a model is made of, given or told to fill, each a sentence.
#pragma once
#include <cstdint>
#include <span>
#include "kiln/core/chain.hpp"
#include "kiln/data/samples.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln::detail {

template <class Net, class Input, class T> inline constexpr Text model_fault = [] {
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) return network_fault<Net, Input>;
    else return text("a model's numbers are float or double, but ", type_name<T>(), " was given");
}();
template <class T> concept ModelScalar = std::is_same_v<T, float> || std::is_same_v<T, double>;
template <class Net, class Input, class T> concept SoundModel = ModelScalar<T> && Fits<Net, Input>;
template <class Net, class Input, class T> consteval bool report_model() {
    if constexpr (!ModelScalar<T> || !reported<Net>) refuse<model_fault<Net, Input, T>>();
    return true;
}
template <class... Numbers> inline constexpr Text seed_fault = "a model is made with a seed, Model<Net, Input> model{kiln::Seed{1}}";

template <class X> inline constexpr bool is_dataset = requires(const X& x) { x.load_inputs(std::span<const SampleIndex>{}, static_cast<float*>(nullptr)); };
template <class X> inline constexpr bool has_shape = requires(const X& x) { x.shape(), typename X::value_type{}; };
template <class X> inline constexpr bool is_number_tensor = [] {
    if constexpr (has_shape<X>) return std::is_arithmetic_v<typename X::value_type>;
    else return false;
}();
// The number of its axes, where the type says it; else 0.
template <class X> inline constexpr std::size_t rank_of = [] {
    if constexpr (requires(const X& x) { std::tuple_size<std::remove_cvref_t<decltype(x.shape())>>::value; })
        return std::tuple_size_v<std::remove_cvref_t<decltype(std::declval<const X&>().shape())>>;
    else return std::size_t{0};
}();

// Part I of a network.
template <class Net, class In, std::size_t I> inline constexpr Text part_fault = [] {
    if constexpr (!requires { typename Net::template Parts<In>; }) return text("a ", Net::name(), " is one layer, without parts");
    else if constexpr (I >= Net::template Parts<In>::count)
        return text("the network has no part ", I, ": there are ", Net::template Parts<In>::count, ", counted from 0");
    else return Text{};
}();

// Samples to predict: empty where nothing is wrong.
template <class In, class X> inline constexpr Text samples_fault = [] {
    if constexpr (is_dataset<X>) {
        if constexpr (std::is_same_v<typename X::Input, In>) return Text{};
        else return text("the data set has samples of ", shape_text<typename X::Input>, ", but the model takes ", shape_text<In>);
    } else if constexpr (is_number_tensor<X> && (rank_of<X> == In::rank || rank_of<X> == In::rank + 1)) return Text{};
    else
        return text("a model of ", shape_text<In>, " predicts a data set, a batch (a tensor of ", In::rank + 1, " axes) or one sample (of ", In::rank,
                    "), but ", given<X>(), " was given");
}();

// One sample as a list, for a Predictor.
template <class S, class Number, class X> inline constexpr Text numbers_fault = [] {
    if constexpr (std::is_constructible_v<std::span<Number>, X>) return Text{};
    else
        return text("one sample is a tensor of ", extents_text<typename S::shape>, ", or ", S::size, " numbers of type ", type_name<std::remove_const_t<Number>>(),
                    " one after another, but ", given<std::remove_cvref_t<X>>(), " was given");
}();

// A tensor to fill with numbers of type T.
template <class T, class Y> inline constexpr Text fill_fault = [] {
    if constexpr (InRows<Y, T>) return Text{};
    else if constexpr (std::is_const_v<Y>) return text("the tensor to fill is const");
    else if constexpr (is_number_tensor<Y>)
        return text("the tensor to fill has numbers of type ", type_name<T>(), " in the order of a kiln::Tensor, but ", type_name<typename Y::value_type>(),
                    std::is_same_v<typename Y::value_type, T> ? " in another order" : "", " was given");
    else return text("what is filled is a kiln::Tensor of ", type_name<T>(), ", but ", type_name<Y>(), " was given");
}();

// A network whose outputs are to be classes.
template <class Out> inline constexpr Text classes_fault =
    Out::rank == 1 || Out::rank == 2 ? Text{}
                                     : text("classes are asked of a network whose output is a row of classes, or one for each step, but it gives ", shape_text<Out>);

}  // namespace kiln::detail
