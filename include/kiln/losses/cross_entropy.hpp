// CrossEntropy: how unlikely the logits y [Classes] make the class c; log-softmax and its gradient in one pass.
//
//     p = softmax(y)                                  the network's distribution
//     q_k = w_c (1 - s) [k = c] + w_k s / Classes     the wanted one: label smoothing s, class weights w (else 1)
//     l = -sum_k q_k log p_k                          dl/dy_k = p_k sum_j q_j - q_k
//
// The formula of torch.nn.functional.cross_entropy. Logits of any finite size do: the largest is subtracted first, and no
// term is a difference of large numbers.
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

struct CrossEntropy {
    double label_smoothing = 0;              // s, from 0 to below 1
    std::vector<double> class_weights = {};  // w, one positive number for each class; none: all 1
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "CrossEntropy"; }
    static constexpr Text after(std::string_view last) {
        return last == "Softmax" || last == "LogSoftmax" ? "takes logits and applies softmax itself: remove the last layer" : Text{};
    }

    void check(std::size_t) const {
        check_option(label_smoothing >= 0 && label_smoothing < 1, "CrossEntropy", "label_smoothing", label_smoothing,
                     "at least 0 and below 1");
    }

    template <class Row, class L> constexpr L row_value(View<Row, const L> y, const L& label) const {
        return parts(y, label, [](std::size_t, const L&) {}).loss;
    }
    template <class Row, class L> constexpr L row_gradient(View<Row, const L> y, const L& label, const L& scale, View<Row, L> dy) const {
        const auto part = parts(y, label, [&](std::size_t k, const L& e) { dy[k] = e; });
        const L share = scale * part.mass / part.total;
        for (std::size_t k = 0; k < Row::size; ++k) {
            L q = select(label == L(scalar<L>(k)), part.own, L(0));
            if (label_smoothing != 0) q += L(spread<Row, scalar<L>>(k));
            dy[k] = fma(dy[k], share, -(scale * q));
        }
        return part.loss;
    }

private:
    template <class L> struct Parts {
        L loss, total;  // l, and sum_k exp(y_k - max y)
        L own, mass;    // w_c (1 - s), and sum_k q_k
    };

    // With z = y - max y, which is never positive: l = mass log(sum_k exp z_k) - sum_k q_k z_k.
    // keep(k, exp z_k) for every class.
    template <class Row, class L> constexpr Parts<L> parts(View<Row, const L> y, const L& label, auto keep) const {
        using T = scalar<L>;
        L largest = y[0];
        for (std::size_t k = 1; k < Row::size; ++k) largest = max(largest, y[k]);
        L total(0), z_label(0), own(T(1 - label_smoothing)), spread_z(0), spread_mass(0);
        for (std::size_t k = 0; k < Row::size; ++k) {
            const auto is_label = label == L(T(k));
            const L z = y[k] - largest, e = exp(z);
            total += e;
            z_label = select(is_label, z, z_label);
            if (!class_weights.empty()) own = select(is_label, L(T((1 - label_smoothing) * class_weights[k])), own);
            if (label_smoothing != 0) {
                const L q(spread<Row, T>(k));
                spread_z = fma(q, z, spread_z);
                spread_mass += q;
            }
            keep(k, e);
        }
        const L mass = own + spread_mass;
        return {fma(mass, log(total), -fma(own, z_label, spread_z)), total, own, mass};
    }

    // w_k s / Classes: what smoothing gives class k, whatever the label.
    template <class Row, class T> constexpr T spread(std::size_t k) const {
        return T(label_smoothing / double(Row::size) * (class_weights.empty() ? 1 : class_weights[k]));
    }
};

}  // namespace kiln
