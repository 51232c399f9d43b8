// What a classifier says of every sample of a labelled data set, and where it is most wrong.
#pragma once
#include <algorithm>
#include <cmath>
#include <ranges>
#include <span>
#include <utility>
#include <vector>
#include "kiln/model/metrics.hpp"

namespace kiln {

struct Answer {
    std::size_t sample = 0, label = 0, prediction = 0;
    double probability = 0, label_probability = 0;  // of the prediction and of the label: softmax, in double

    bool right() const { return label == prediction; }
};

// Of every sample, in order. The prediction is the class of the largest output, as classify() has it. DataError where the data set is
// empty or has a label that is no class of the network.
template <class Net, class Input, class T>
std::vector<Answer> answers(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data) {
    using Output = typename Model<Net, Input, T>::Output;
    static_assert(Output::rank == 1, "answers needs a network whose output is one row of classes");
    constexpr std::size_t classes = Output::size, chunk = 4096;
    detail::check_data(data, classes, "the data set");
    std::vector<Answer> all;
    for (std::size_t first = 0; first < data.size(); first += chunk) {
        const auto part = data.subset(std::views::iota(first, std::min(first + chunk, data.size())));
        const auto outputs = model.predict(part);
        for (std::size_t i = 0; i < part.size(); ++i) {
            const T* const y = outputs.data() + i * classes;
            const auto label = static_cast<std::size_t>(part.labels()[i]), best = static_cast<std::size_t>(std::max_element(y, y + classes) - y);
            double total = 0;
            const auto share = [&](std::size_t k) {
                if constexpr (gives_probabilities<Net>) return static_cast<double>(y[k]);
                else return std::exp(static_cast<double>(y[k]) - static_cast<double>(y[best]));
            };
            for (std::size_t k = 0; k < classes; ++k) total += share(k);
            all.push_back({first + i, label, best, share(best) / total, share(label) / total});
        }
    }
    return all;
}

// How many samples of class `row` were taken for class `column`; as confusion_matrix(), without a second look at the data.
inline Tensor<std::size_t, 2> confusion_of(std::span<const Answer> answers, std::size_t classes) {
    Tensor<std::size_t, 2> counts(std::array{classes, classes}, 0);
    for (const Answer& a : answers) ++counts(a.label, a.prediction);
    return counts;
}
inline std::size_t right_answers(std::span<const Answer> answers) {
    return static_cast<std::size_t>(std::ranges::count_if(answers, &Answer::right));
}

enum class Mistakes { worst, first };

// The first wrong answers, or those that gave the label the least probability, the worst first.
inline std::vector<Answer> mistakes(std::span<const Answer> answers, std::size_t most, Mistakes which = Mistakes::worst) {
    std::vector<Answer> wrong;
    std::ranges::copy_if(answers, std::back_inserter(wrong), [](const Answer& a) { return !a.right(); });
    if (which == Mistakes::worst) std::ranges::sort(wrong, {}, [](const Answer& a) { return std::pair{a.label_probability, a.sample}; });
    wrong.resize(std::min(most, wrong.size()));
    return wrong;
}

}  // namespace kiln
