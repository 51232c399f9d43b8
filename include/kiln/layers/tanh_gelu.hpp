// TanhGELU: y = x s, s = (1 + tanh(u)) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3)    dx = dy (s + 2 x s (1 - s) du/dx)
//
// PyTorch's GELU(approximate='tanh'), which GPT-2 and BERT were trained with. s is the sigmoid of 2 u.
#pragma once
#include <numbers>
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct TanhGELU : Elementwise<TanhGELU, Reads::x> {
    static constexpr Text name() { return "TanhGELU"; }

    template <class L> static constexpr L value(const L& x) {
        return x * elementary::sigmoid(x * fma(x * x, number<L>(cubic), number<L>(linear)));
    }
    template <class L> static constexpr L gradient(const L& x, const L& dy) {
        const L s = elementary::sigmoid(x * fma(x * x, number<L>(cubic), number<L>(linear)));
        const L slope = fma(x * x, number<L>(3 * cubic), number<L>(linear));  // of 2 u
        return dy * s * fma(x * (L(1) - s), slope, L(1));
    }

private:
    // 2 u = x (linear + cubic x^2)
    static constexpr double linear = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi, cubic = 0.044715 * linear;
    template <class L> static constexpr L number(double v) { return L(static_cast<scalar<L>>(v)); }
};

}  // namespace kiln
