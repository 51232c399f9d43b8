// MSE: the squared error    l = (y - t)^2    dl/dy = 2 (y - t)    (torch.nn.MSELoss)
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

struct MSE {
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "MSE"; }

    template <class L> static constexpr Term<L> term(const L& y, const L& target, std::size_t) {
        const L difference = y - target;
        return {difference * difference, difference + difference};
    }
};

}  // namespace kiln
