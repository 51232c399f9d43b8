// Huber: the squared error where it is small, the absolute error where it is large; with d = y - t
//
//     l = d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)        dl/dy = d, within +-delta
//
// P. Huber: Robust estimation of a location parameter, 1964; as torch.nn.HuberLoss.
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

struct Huber {
    double delta = 1;
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "Huber"; }

    void check(std::size_t) const { check_option(delta > 0 && std::isfinite(delta), "Huber", "delta", delta, "positive and finite"); }

    template <class L> constexpr Term<L> term(const L& y, const L& target, std::size_t) const {
        const L difference = y - target, limit{scalar<L>(delta)}, size = abs(difference), least = min(size, limit);
        return {least * (size - L(scalar<L>(0.5)) * least), max(min(difference, limit), -limit)};
    }
};

}  // namespace kiln
