// Right or wrong: what a row of class scores y [Classes] answers, and whether that is the label. Lane by lane.
//
// Of equal scores the first wins. A score that is not a number is never right.
#pragma once
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"

namespace kiln {

// The class with the largest score, as a number.
template <class Row, class L> constexpr L argmax(View<Row, const L> y) {
    L largest = y[0], best(0);
    for (std::size_t k = 1; k < Row::size; ++k) {
        const auto better = y[k] > largest;
        largest = select(better, y[k], largest);
        best = select(better, L(scalar<L>(k)), best);
    }
    return best;
}

// How many classes stand before the label: 0 if it is the answer, less than k if it is among the best k.
template <class Row, class L> constexpr L label_rank(View<Row, const L> y, const L& label) {
    const L zero(0), one(1);
    L score = y[0], behind(1);  // the label itself counts as behind
    for (std::size_t k = 1; k < Row::size; ++k) score = select(label == L(scalar<L>(k)), y[k], score);
    for (std::size_t k = 0; k < Row::size; ++k) {
        const L later = select(label < L(scalar<L>(k)), one, zero);
        behind += select(y[k] < score, one, select(y[k] == score, later, zero));
    }
    return L(scalar<L>(Row::size)) - behind;
}

// How many of the labels are the answers of their rows (or among the best `top`): y [Classes] has one, y [Steps, Classes] one
// for each step.
template <class Out, class Goal, class L>
constexpr L correct(View<Out, const L> y, View<Goal, const L> labels, std::size_t top = 1) {
    L count(0);
    for (std::size_t r = 0; r < Goal::size; ++r)
        count += select(label_rank(rows(y).row(r), labels[r]) < L(scalar<L>(top)), L(1), L(0));
    return count;
}

}  // namespace kiln
