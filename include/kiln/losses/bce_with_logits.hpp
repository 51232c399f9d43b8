// BCEWithLogits: binary cross entropy of independent yes-or-no answers: y are logits, t how probable each yes is, 0 to 1
//
//     l = w t softplus(-y) + (1 - t) softplus(y)                 w = pos_weight, else 1
//     dl/dy = (1 - t) sigmoid(y) - w t sigmoid(-y)
//
//     softplus(y) = -log sigmoid(-y) = max(y, 0) + log(1 + exp(-|y|))
//
// torch.nn.BCEWithLogitsLoss. Nothing overflows, and a small loss is not a difference of large numbers.
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

namespace detail {
// log(1 + x) for x >= 0: what 1 + x lost of x by rounding is given back (W. Kahan).
template <class L> constexpr L log1p_of(const L& x) {
    const L one(1), sum = one + x;
    return select(sum == one, x, log(sum) * (x / (sum - one)));
}
}  // namespace detail

struct BCEWithLogits {
    std::vector<double> pos_weight = {};  // w, of each feature (entry of the last axis), or one for all: what a yes counts for
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "BCEWithLogits"; }
    static constexpr Text after(std::string_view last) {
        return last == "Sigmoid" || last == "Softmax" || last == "LogSoftmax" ? "takes logits and applies sigmoid itself: remove the last layer" : Text{};
    }

    void check(std::size_t features) const {
        if (pos_weight.empty()) return;
        check_option(pos_weight.size() == 1 || pos_weight.size() == features, "BCEWithLogits", "the number of pos_weight",
                     static_cast<double>(pos_weight.size()), ("1 or the network's number of features, " + std::to_string(features)).c_str());
        for (const double w : pos_weight)
            check_option(w >= 0 && std::isfinite(w), "BCEWithLogits", "a pos_weight", w, "0 or positive, and finite");
    }

    template <class L> constexpr Term<L> term(const L& y, const L& target, std::size_t i) const {
        const L one(1), zero(0), e = exp(-abs(y)), no = one - target;
        const L yes = pos_weight.empty() ? target : target * L(scalar<L>(pos_weight[i % pos_weight.size()]));
        const L tail = detail::log1p_of(e), larger = one / (one + e), smaller = e * larger;  // sigmoid(|y|), sigmoid(-|y|)
        const auto below = y < zero;
        return {fma(yes, max(-y, zero) + tail, no * (max(y, zero) + tail)),
                no * select(below, smaller, larger) - yes * select(below, larger, smaller)};
    }
};

}  // namespace kiln
