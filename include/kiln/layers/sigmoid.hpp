// Sigmoid: y = 1 / (1 + exp(-x))    dx = dy y (1 - y)
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/elementwise.hpp"

namespace kiln {

struct Sigmoid : Elementwise<Sigmoid, Reads::y> {
    static constexpr Text name() { return "Sigmoid"; }
    static constexpr bool increasing = true;

    template <class L> static constexpr L value(const L& x) { return elementary::sigmoid(x); }
    template <class L> static constexpr L gradient(const L& y, const L& dy) { return dy * fma(-y, y, y); }
};

}  // namespace kiln
