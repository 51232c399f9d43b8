// Right or wrong: what a row of class scores y [Classes] answers, and whether that is the label. Lane by lane.
//
// Of equal scores the first wins. A score that is not a number is never right.
#pragma once
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"

namespace kiln {

// The class with the largest score, as a number.
template <class Out, class L> constexpr L argmax(View<Out, const L> y) {
    L largest = y[0], best(0);
    for (std::size_t k = 1; k < Out::size; ++k) {
        const auto better = y[k] > largest;
        largest = select(better, y[k], largest);
        best = select(better, L(scalar<L>(k)), best);
    }
    return best;
}

// How many classes stand before the label: 0 if it is the answer, less than k if it is among the best k.
template <class Out, class L> constexpr L label_rank(View<Out, const L> y, View<Shape<1>, const L> label) {
    const L zero(0), one(1);
    L score = y[0], behind(1);  // the label itself counts as behind
    for (std::size_t k = 1; k < Out::size; ++k) score = select(label[0] == L(scalar<L>(k)), y[k], score);
    for (std::size_t k = 0; k < Out::size; ++k) {
        const L later = select(label[0] < L(scalar<L>(k)), one, zero);
        behind += select(y[k] < score, one, select(y[k] == score, later, zero));
    }
    return L(scalar<L>(Out::size)) - behind;
}

// 1 where the label is the answer (or among the best `top`), 0 elsewhere.
template <class Out, class L>
constexpr L correct(View<Out, const L> y, View<Shape<1>, const L> label, std::size_t top = 1) {
    return select(label_rank(y, label) < L(scalar<L>(top)), L(1), L(0));
}

}  // namespace kiln
