// How good a model is on a data set: the loss of every sample, and of classifiers the accuracy and the confusion matrix.
#pragma once
#include <numeric>
#include <vector>
#include "kiln/losses/loss.hpp"
#include "kiln/model/mismatch.hpp"
#include "kiln/model/model.hpp"
#include "kiln/model/training_fault.hpp"

namespace kiln {

namespace detail {
// Calls f(indices, outputs, targets) for every tile of a data set, on several threads.
template <class M, class Data> void for_each_answer(const M& model, const Data& data, auto&& f) {
    using Goal = target_shape<typename Data::Target>;
    model.for_each_tile(data, [&]<class Out, class L>(std::span<const SampleIndex> which, View<Out, L> y) {
        L* const goal = thread_workspace<L, Goal>(Goal::size);
        data.load_targets(which, goal);
        f(which, as_const(y), View<Goal, const L>{goal});
    });
}
}  // namespace detail

// The loss of each sample by itself, a tensor of n: the mean of its terms (elements, or steps), or their sum where the loss's
// reduction is one. Class weights multiply: it is PyTorch's reduction='none', averaged or summed over a sample. DataError
// where the data set is empty or has a label that is no class of the network.
template <class Net, class Input, class T, class Loss, class DataInput, class Target>
Tensor<T, 1> losses(const Model<Net, Input, T>& model, const Loss& loss, const Dataset<DataInput, Target>& data) {
    using M = Model<Net, Input, T>;
    using Wanted = Dataset<Input, target_of<Loss, typename M::Output>>;
    using Data = Dataset<DataInput, Target>;
    Tensor<T, 1> result(std::array{data.size()});
    if constexpr (nothing_wrong<detail::loss_fault<M, Loss>>() && nothing_wrong<detail::data_fault<Data, Wanted>>()) {
        constexpr std::size_t classes = last_axis<typename M::Output>, terms = target_shape<Target>::size;
        check_loss(loss, classes);
        detail::check_data(data, classes, "the data set");
        const T scale = loss.reduction == Reduction::mean ? T(1.0 / terms) : T(1);
        detail::for_each_answer(model, data, [&]<class Out, class Goal, class L>(auto which, View<Out, const L> y, View<Goal, const L> target) {
            const auto values = to_lanes(loss_value(loss, y, target, L(scale)));
            for (std::size_t i = 0; i < which.size(); ++i) result(which[i]) = values[i];
        });
    }
    return result;
}

// The fraction of labels (one of each sample, or of each of its steps) that are among the k classes with the largest outputs.
// Of equal outputs the first counts as larger. DataError where the data set is empty or has a label that is no class of the
// network; OptionError for k = 0.
template <class Net, class Input, class T, class Target>
    requires is_classes<Target>
double top_k_accuracy(const Model<Net, Input, T>& model, const Dataset<Input, Target>& data, std::size_t k) {
    using Output = typename Model<Net, Input, T>::Output;
    constexpr std::size_t labels = target_shape<Target>::size;
    static_assert(Output::size == labels * last_axis<Output>, "a metric of classes needs a network whose output is a row of classes for each label");
    check_option(k > 0, "top_k_accuracy", "k", static_cast<double>(k), "at least 1");
    detail::check_data(data, last_axis<Output>, "the data set");
    std::vector<std::size_t> right(data.size());  // of each sample: tiles come on several threads
    detail::for_each_answer(model, data, [&](auto which, auto y, auto target) {
        const auto hits = to_lanes(correct(y, target, k));
        for (std::size_t i = 0; i < which.size(); ++i) right[which[i]] = static_cast<std::size_t>(hits[i]);
    });
    return static_cast<double>(std::accumulate(right.begin(), right.end(), std::size_t{0})) / static_cast<double>(data.size() * labels);
}

// The fraction of labels that have the largest output.
template <class Net, class Input, class T, class Target>
    requires is_classes<Target>
double accuracy(const Model<Net, Input, T>& model, const Dataset<Input, Target>& data) {
    return top_k_accuracy(model, data, 1);
}

// How many samples of class `row` the network takes for class `column`: [classes, classes]. The right answers stand on the
// diagonal.
template <class Net, class Input, class T>
Tensor<std::size_t, 2> confusion_matrix(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data) {
    static_assert(Model<Net, Input, T>::Output::rank == 1, "a confusion matrix needs a network whose output is one row of classes");
    constexpr std::size_t classes = Model<Net, Input, T>::Output::size;
    detail::check_data(data, classes, "the data set");
    Tensor<std::size_t, 2> counts(std::array{classes, classes}, 0);
    const auto answers = model.classify(data);
    const auto labels = data.labels();
    for (std::size_t i = 0; i < labels.size(); ++i) ++counts(static_cast<std::size_t>(labels[i]), static_cast<std::size_t>(answers(i)));
    return counts;
}

}  // namespace kiln
