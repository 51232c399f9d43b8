// NLL: the negative logarithm of what the label is given; y [Classes] are log-probabilities, LogSoftmax's output
//
//     l = -w_c y_c        dl/dy_k = -w_c [k = c]        class weights w (else 1)
//
// The formula of torch.nn.NLLLoss.
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

struct NLL {
    std::vector<double> class_weights = {};  // w, one positive number for each class; none: all 1
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "NLL"; }
    static constexpr Text after(std::string_view last) {
        return last == "Softmax" ? "takes the logarithms of probabilities: end it in LogSoftmax instead" : Text{};
    }

    template <class Row, class L> constexpr L row_value(View<Row, const L> y, const L& label) const {
        L total(0);
        for (std::size_t k = 0; k < Row::size; ++k) total = select(label == L(scalar<L>(k)), -(weight_of_class<L>(k) * y[k]), total);
        return total;
    }
    template <class Row, class L> constexpr L row_gradient(View<Row, const L> y, const L& label, const L& scale, View<Row, L> dy) const {
        for (std::size_t k = 0; k < Row::size; ++k) dy[k] = select(label == L(scalar<L>(k)), -(weight_of_class<L>(k) * scale), L(0));
        return row_value(y, label);
    }

private:
    template <class L> constexpr L weight_of_class(std::size_t k) const { return L(class_weights.empty() ? scalar<L>(1) : scalar<L>(class_weights[k])); }
};

}  // namespace kiln
