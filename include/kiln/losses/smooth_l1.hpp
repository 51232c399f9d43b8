// SmoothL1: the absolute error, rounded off where it is below beta: Huber's with delta = beta, divided by beta
//
//     l = d^2 / (2 beta) where |d| <= beta, else |d| - beta / 2        dl/dy = d / beta, within +-1        d = y - t
//
// R. Girshick: Fast R-CNN, 2015; as torch.nn.SmoothL1Loss.
#pragma once
#include "kiln/losses/huber.hpp"

namespace kiln {

struct SmoothL1 {
    double beta = 1;
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "SmoothL1"; }

    void check(std::size_t) const {
        check_option(beta > 0 && std::isfinite(beta), "SmoothL1", "beta", beta, "positive and finite (0 would be L1)");
    }

    template <class L> constexpr Term<L> term(const L& y, const L& target, std::size_t i) const {
        const Term<L> huber = Huber{.delta = beta}.term(y, target, i);
        const L share{scalar<L>(1 / beta)};
        return {share * huber.value, share * huber.slope};
    }
};

}  // namespace kiln
