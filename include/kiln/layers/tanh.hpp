// Tanh: y = tanh(x)    dx = dy (1 - y^2)
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct Tanh : Elementwise<Tanh, Reads::y> {
    static constexpr Text name() { return "Tanh"; }
    static constexpr bool increasing = true;

    template <class L> static constexpr L value(const L& x) { return elementary::tanh(x); }
    template <class L> static constexpr L gradient(const L& y, const L& dy) { return dy * fma(-y, y, L(1)); }
};

}  // namespace kiln
