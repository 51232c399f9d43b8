// L1: the absolute error    l = |y - t|    dl/dy = sign(y - t), 0 at 0    (torch.nn.L1Loss)
#pragma once
#include "kiln/losses/loss.hpp"

namespace kiln {

struct L1 {
    Reduction reduction = Reduction::mean;

    static constexpr Text name() { return "L1"; }

    template <class L> static constexpr Term<L> term(const L& y, const L& target, std::size_t) {
        const L difference = y - target, one(1);
        return {abs(difference), select(difference > L(0), one, select(difference < L(0), -one, L(0)))};
    }
};

}  // namespace kiln
