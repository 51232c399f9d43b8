// GELU: y = x P(x) with P(x) = (1 + erf(x / sqrt(2))) / 2, the normal distribution    dx = dy (P(x) + x p(x))
//
// p(x) = exp(-x^2 / 2) / sqrt(2 pi) is P's derivative. Exact, as PyTorch's default; TanhGELU is its other form.
// D. Hendrycks, K. Gimpel: Gaussian error linear units, 2016.
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct GELU : Elementwise<GELU, Reads::x> {
    static constexpr Text name() { return "GELU"; }

    template <class L> static constexpr L value(const L& x) { return x * elementary::normal_distribution(x); }
    template <class L> static constexpr L gradient(const L& x, const L& dy) {
        return dy * fma(x, elementary::normal_density(x), elementary::normal_distribution(x));
    }
};

}  // namespace kiln
