// ReLU: y = max(x, 0)    dx = dy where y > 0, else 0
#pragma once
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct ReLU : Elementwise<ReLU, Reads::y> {
    static constexpr Text name() { return "ReLU"; }
    static constexpr bool increasing = true;

    // Written so that a NaN passes, as it does in PyTorch: training must notice it.
    template <class L> static constexpr L value(const L& x) { return select(x < L(0), L(0), x); }
    template <class L> static constexpr L gradient(const L& y, const L& dy) { return select(y <= L(0), L(0), dy); }
};

}  // namespace kiln
