// A page's parts, made by hand.
#pragma once
#include <array>
#include <cstddef>
#include <limits>
#include "kiln/report/page_data.hpp"

namespace kiln_test {

inline constexpr double unmeasured = std::numeric_limits<double>::quiet_NaN();

inline kiln::EpochReport epoch(std::size_t number, double loss, double validation_loss) {
    return {.epoch = number, .epochs = 3, .training = {loss, unmeasured}, .validation = {validation_loss, unmeasured}, .learning_rate = 0.5,
            .samples_per_second = 1000, .seconds = 2};
}
inline kiln::html::Shown shown(std::size_t sample, std::size_t label, std::size_t prediction, double probability, double label_probability) {
    return {{sample, label, prediction, probability, label_probability}, {1, 1, 1, {0}}};
}
// Ten samples of three classes: label 0 is taken for 2 twice, label 1 for 0 once.
inline kiln::html::Classes three_classes() {
    kiln::html::Classes classes{.names = {"<cat>", "dog", "owl"}, .count = 3, .right = 7};
    classes.confusion = kiln::Tensor<std::size_t, 2>(std::array<std::size_t, 2>{3, 3}, 0);
    classes.confusion(0, 0) = 2, classes.confusion(0, 2) = 2, classes.confusion(1, 0) = 1, classes.confusion(1, 1) = 3, classes.confusion(2, 2) = 2;
    classes.mistakes = {shown(4, 0, 2, 0.75, 0.25), shown(5, 1, 0, 0.5, 0.125)};
    return classes;
}

}  // namespace kiln_test
