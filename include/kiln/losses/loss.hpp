// What a loss is: a struct of options, and a function of one sample's output y and target t that is a sum of terms, one for
// each number of the target. It is of one of two kinds, by what it says:
//
//     of elements     t is of y's shape                     term(y_i, t_i, i) gives l_i and dl_i/dy_i
//     of classes      y [Classes], t a label; or            row_value(y, c) gives l of a row and its class,
//                     y [Steps, Classes], t Tokens,         row_gradient(y, c, scale, dy) too, and dy = scale dl/dy
//                     a class for each step
//
//     name()                  "CrossEntropy", for errors
//     reduction               an option: what becomes of a minibatch's terms
//     class_weights           an option of a loss of classes: w_c, a factor of l where the class is c. None: all 1
//     check(features)         throws OptionError where an option is out of range, for so many features or classes    (optional)
//     after(last)             what is wrong where a network ends in a layer of that name, in words                   (optional)
//
// The minibatch's loss is PyTorch's: the mean of all terms of all samples, sum of l / number of terms, with class weights
// sum of l / sum of w_c; or the sum of l.
#pragma once
#include <cmath>
#include <string>
#include <type_traits>
#include <vector>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/core/option.hpp"
#include "kiln/core/target.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

// PyTorch's `reduction`. (What it calls 'none' is kiln::losses.)
enum class Reduction { mean, sum };

// One element's part of a loss.
template <class L> struct Term {
    L value, slope;
};

template <class Loss> inline constexpr bool of_classes = requires(const Loss& loss) { loss.class_weights; };

// The outputs that a loss takes, and the targets that go with them.
template <class Loss, class Out>
inline constexpr bool takes_output = !of_classes<Loss> || ((Out::rank == 1 || Out::rank == 2) && last_axis<Out> >= 2);
inline constexpr Text classes_expected = "a row of 2 or more classes, or one for each step";
template <class Loss, class Out>
using target_of = std::conditional_t<!of_classes<Loss>, Out, std::conditional_t<Out::rank == 2, Tokens<first_axis<Out>, last_axis<Out>>, Label>>;

template <class Loss> void check_loss(const Loss& loss, std::size_t features) {
    if constexpr (requires { loss.check(features); }) loss.check(features);
    if constexpr (of_classes<Loss>) {
        if (loss.class_weights.empty()) return;
        const std::string name{Loss::name().view()};
        check_option(loss.class_weights.size() == features, name.c_str(), "the number of class_weights",
                     static_cast<double>(loss.class_weights.size()), ("the network's number of classes, " + std::to_string(features)).c_str());
        for (const double w : loss.class_weights)
            check_option(w > 0 && std::isfinite(w), name.c_str(), "a class weight", w, "positive and finite");
    }
}

// scale l for every lane. The scale is what the reduction makes of a term, 1 / (number of terms in the minibatch) or 1; it is 0
// in a dead lane.
template <class Loss, class Out, class Goal, class L>
constexpr L loss_value(const Loss& loss, View<Out, const L> y, View<Goal, const L> target, const L& scale) {
    L total(0);
    for (std::size_t i = 0; i < Goal::size; ++i)
        if constexpr (of_classes<Loss>) total += loss.row_value(rows(y).row(i), target[i]);
        else total += loss.term(y[i], target[i], i).value;
    return scale * total;
}
// The same, and dy = scale dl/dy, of y's shape. dy may be y for a loss of elements.
template <class Loss, class Out, class Goal, class L>
constexpr L loss_gradient(const Loss& loss, View<Out, const L> y, View<Goal, const L> target, const L& scale, View<Out, L> dy) {
    L total(0);
    for (std::size_t i = 0; i < Goal::size; ++i)
        if constexpr (of_classes<Loss>) total += loss.row_gradient(rows(y).row(i), target[i], scale, rows(dy).row(i));
        else {
            const Term<L> term = loss.term(y[i], target[i], i);
            total += term.value;
            dy[i] = scale * term.slope;
        }
    return scale * total;
}

// Whether terms count differently in the mean.
template <class Loss> constexpr bool weighs_terms(const Loss& loss) {
    if constexpr (of_classes<Loss>) return !loss.class_weights.empty();
    else return false;
}
// What the terms of the first `live` lanes count for, all together.
template <class Loss, class Goal, class L> constexpr double terms_of(const Loss& loss, View<Goal, const L> target, std::size_t live) {
    if constexpr (of_classes<Loss>)
        if (weighs_terms(loss)) {
            double total = 0;
            for (const L& c : target) {
                const auto classes = to_lanes(c);
                for (std::size_t lane = 0; lane < live; ++lane) total += loss.class_weights[static_cast<std::size_t>(classes[lane])];
            }
            return total;
        }
    return static_cast<double>(live * Goal::size);
}

}  // namespace kiln
