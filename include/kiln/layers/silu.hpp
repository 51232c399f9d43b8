// SiLU: y = x s with s = 1 / (1 + exp(-x))    dx = dy s (1 + x (1 - s))
//
// Also called Swish. S. Elfwing et al.: Sigmoid-weighted linear units, 2017.
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct SiLU : Elementwise<SiLU, Reads::x> {
    static constexpr Text name() { return "SiLU"; }

    template <class L> static constexpr L value(const L& x) { return x * elementary::sigmoid(x); }
    template <class L> static constexpr L gradient(const L& x, const L& dy) {
        const L s = elementary::sigmoid(x);
        return dy * s * fma(x, L(1) - s, L(1));
    }
};

}  // namespace kiln
