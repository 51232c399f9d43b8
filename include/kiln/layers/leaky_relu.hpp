// LeakyReLU: y = x where x > 0, else slope x    dx = dy where x > 0, else slope dy
//
// PyTorch's default slope is 0.01. A slope of 0 or more leaves x's sign in y, so that y is all that backward reads.
#pragma once
#include "kiln/layers/elementwise.hpp"
#include "kiln/layers/real.hpp"

namespace kiln {

template <Real slope = 0.01>
struct LeakyReLU : Elementwise<LeakyReLU<slope>, (slope.value >= 0) ? Reads::y : Reads::x> {
    static constexpr Text name() {
        return slope == Real{0.01} ? Text{"LeakyReLU"} : text("LeakyReLU<", real_text(slope), ">");
    }
    static constexpr bool increasing = slope.value >= 0;

    template <class L> static constexpr L value(const L& x) { return select(x > L(0), x, factor<L> * x); }
    template <class L> static constexpr L gradient(const L& x_or_y, const L& dy) {
        return select(x_or_y > L(0), dy, factor<L> * dy);
    }

private:
    template <class L> static constexpr scalar<L> factor = static_cast<scalar<L>>(slope.value);
};

}  // namespace kiln
