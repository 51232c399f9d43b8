// How good a classifier is on a data set.
#pragma once
#include <numeric>
#include <vector>
#include "kiln/model/model.hpp"

namespace kiln {

namespace detail {
template <class M> using LabelledData = Dataset<typename M::Input, Label>;

template <class M> void check_labelled(const M&, const LabelledData<M>& data) {
    static_assert(M::Output::rank == 1, "a metric of classes needs a network whose output is one row of classes");
    if (data.empty()) fail<DataError>("the data set is empty: a metric needs at least one sample");
    if (data.classes() > M::Output::size)
        fail<DataError>("the data set has the label " + std::to_string(data.classes() - 1) + ", but the network has " +
                        std::to_string(M::Output::size) + " classes, 0 to " + std::to_string(M::Output::size - 1));
}
}  // namespace detail

// The fraction of samples whose label is among the k classes with the largest outputs. Of equal outputs the first counts as
// larger. DataError where the data set is empty or has a label that is no class of the network; OptionError for k = 0.
template <class Net, class Input, class T>
double top_k_accuracy(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data, std::size_t k) {
    check_option(k > 0, "top_k_accuracy", "k", static_cast<double>(k), "at least 1");
    detail::check_labelled(model, data);
    std::vector<unsigned char> right(data.size());  // of each sample: tiles come on several threads
    model.for_each_tile(data, [&]<class Out, class L>(std::span<const SampleIndex> which, View<Out, L> y) {
        L label;
        data.load_targets(which, &label);
        const auto hits = to_lanes(correct(as_const(y), View<Shape<1>, const L>{&label}, k));
        for (std::size_t i = 0; i < which.size(); ++i) right[which[i]] = hits[i] > 0 ? 1 : 0;
    });
    return static_cast<double>(std::accumulate(right.begin(), right.end(), std::size_t{0})) / static_cast<double>(data.size());
}

// The fraction of samples whose label has the largest output.
template <class Net, class Input, class T>
double accuracy(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data) {
    return top_k_accuracy(model, data, 1);
}

// How many samples of class `row` the network takes for class `column`: [classes, classes]. The right answers stand on the
// diagonal.
template <class Net, class Input, class T>
Tensor<std::size_t, 2> confusion_matrix(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data) {
    detail::check_labelled(model, data);
    constexpr std::size_t classes = Model<Net, Input, T>::Output::size;
    Tensor<std::size_t, 2> counts(std::array{classes, classes}, 0);
    const auto answers = model.classify(data);
    const auto labels = data.labels();
    for (std::size_t i = 0; i < labels.size(); ++i) ++counts(static_cast<std::size_t>(labels[i]), static_cast<std::size_t>(answers(i)));
    return counts;
}

}  // namespace kiln
