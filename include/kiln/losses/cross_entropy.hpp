// CrossEntropy: how unlikely the logits y [Classes] make the label c; log-softmax and its gradient in one pass.
//
//     p = softmax(y)                                  the network's distribution
//     q_k = w_c (1 - s) [k = c] + w_k s / Classes     the wanted one: label smoothing s, class weights w (else 1)
//     l = -sum_k q_k log p_k                          dl/dy_k = p_k sum_j q_j - q_k
//
// The minibatch's loss is sum l / sum w_c: the formula of torch.nn.functional.cross_entropy. Logits of any finite size
// do: the largest is subtracted first, and no term is a difference of large numbers.
#pragma once
#include <cmath>
#include <vector>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/core/option.hpp"
#include "kiln/core/target.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

struct CrossEntropy {
    double label_smoothing = 0;              // s, from 0 to below 1
    std::vector<double> class_weights = {};  // w, one positive number for each class; none: all 1

    template <class Out> using Target = Label;
    template <class Out> static constexpr bool accepts = Out::rank == 1 && Out::size >= 2;
    static constexpr Text name() { return "CrossEntropy"; }
    static constexpr Text expected() { return "a row of 2 or more classes"; }
    static constexpr bool takes_logits = true;  // a network that ends in Softmax would have it twice

    // Throws OptionError where an option is out of its range for so many classes.
    void check(std::size_t classes) const {
        check_option(label_smoothing >= 0 && label_smoothing < 1, "CrossEntropy", "label_smoothing", label_smoothing,
                     "at least 0 and below 1");
        if (class_weights.empty()) return;
        check_option(class_weights.size() == classes, "CrossEntropy", "the number of class_weights",
                     static_cast<double>(class_weights.size()),
                     ("the network's number of classes, " + std::to_string(classes)).c_str());
        for (double w : class_weights)
            check_option(w > 0 && std::isfinite(w), "CrossEntropy", "a class weight", w, "positive and finite");
    }

    // What a sample counts for in the minibatch's mean: w of its label, which must be one of the network's classes.
    double weight(double label) const {
        return class_weights.empty() ? 1 : class_weights[static_cast<std::size_t>(label)];
    }

    // weight l for every lane. The weight is 1 / (sum of weight(label) over the minibatch), or 0 in a dead lane.
    template <class Out, class L> L value(View<Out, const L> y, View<Shape<1>, const L> target, L weight) const {
        return weight * parts(y, target, [](std::size_t, const L&) {}).loss;
    }

    // The same, and dy = weight dl/dy, [Classes] as y. dy must not be y.
    template <class Out, class L>
    L gradient(View<Out, const L> y, View<Shape<1>, const L> target, L weight, View<Out, L> dy) const {
        const auto part = parts(y, target, [&](std::size_t k, const L& e) { dy[k] = e; });
        const L scale = weight * part.mass / part.total;
        for (std::size_t k = 0; k < Out::size; ++k) {
            L q = select(target[0] == L(scalar<L>(k)), part.own, L(0));
            if (label_smoothing != 0) q += L(spread<Out, scalar<L>>(k));
            dy[k] = fma(dy[k], scale, -(weight * q));
        }
        return weight * part.loss;
    }

private:
    template <class L> struct Parts {
        L loss, total;  // l, and sum_k exp(y_k - max y)
        L own, mass;    // w_c (1 - s), and sum_k q_k
    };

    // With z = y - max y, which is never positive: l = mass log(sum_k exp z_k) - sum_k q_k z_k.
    // keep(k, exp z_k) for every class.
    template <class Out, class L>
    Parts<L> parts(View<Out, const L> y, View<Shape<1>, const L> target, auto keep) const {
        using T = scalar<L>;
        L largest = y[0];
        for (std::size_t k = 1; k < Out::size; ++k) largest = max(largest, y[k]);
        L total(0), z_label(0), own(T(1 - label_smoothing)), spread_z(0), spread_mass(0);
        for (std::size_t k = 0; k < Out::size; ++k) {
            const auto is_label = target[0] == L(T(k));
            const L z = y[k] - largest, e = exp(z);
            total += e;
            z_label = select(is_label, z, z_label);
            if (!class_weights.empty()) own = select(is_label, L(T((1 - label_smoothing) * class_weights[k])), own);
            if (label_smoothing != 0) {
                const L q(spread<Out, T>(k));
                spread_z = fma(q, z, spread_z);
                spread_mass += q;
            }
            keep(k, e);
        }
        const L mass = own + spread_mass;
        return {fma(mass, log(total), -fma(own, z_label, spread_z)), total, own, mass};
    }

    // w_k s / Classes: what smoothing gives class k, whatever the label.
    template <class Out, class T> T spread(std::size_t k) const {
        return T(label_smoothing / double(Out::size) * (class_weights.empty() ? 1 : class_weights[k]));
    }
};

}  // namespace kiln
