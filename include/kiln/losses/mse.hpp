// MSE: the mean squared error of y against a target t of the same shape, over all n elements of a sample.
//
//     l = sum_i (y_i - t_i)^2 / n        dl/dy_i = 2 (y_i - t_i) / n
//
// The minibatch's loss is the mean over its samples, as torch.nn.functional.mse_loss.
#pragma once
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/core/text.hpp"

namespace kiln {

struct MSE {
    template <class Out> using Target = Out;
    template <class Out> static constexpr bool accepts = true;
    static constexpr Text name() { return "MSE"; }
    static constexpr Text expected() { return "an output of any shape"; }
    static constexpr bool takes_logits = false;

    static constexpr void check(std::size_t /*outputs*/) {}
    static constexpr double weight(double /*target*/) { return 1; }  // every sample counts the same in the mean

    // weight l for every lane. The weight is 1 / samples, or 0 in a dead lane.
    template <class Out, class L> static constexpr L value(View<Out, const L> y, View<Out, const L> target, L weight) {
        return total(y, target, weight, [](std::size_t, const L&) {});
    }

    // The same, and dy = weight dl/dy, of y's shape. dy may be y.
    template <class Out, class L>
    static constexpr L gradient(View<Out, const L> y, View<Out, const L> target, L weight, View<Out, L> dy) {
        const L scale = weight * L(scalar<L>(2.0 / double(Out::size)));
        return total(y, target, weight, [&](std::size_t i, const L& difference) { dy[i] = scale * difference; });
    }

private:
    template <class Out, class L>
    static constexpr L total(View<Out, const L> y, View<Out, const L> target, L weight, auto keep) {
        L squares(0);
        for (std::size_t i = 0; i < Out::size; ++i) {
            const L difference = y[i] - target[i];
            squares = fma(difference, difference, squares);
            keep(i, difference);
        }
        return weight * squares / L(scalar<L>(Out::size));
    }
};

}  // namespace kiln
