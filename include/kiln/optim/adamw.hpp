// AdamW: Adam with weight decay that acts on the parameter itself, not through the gradient's history.
//
//     p = p - rate weight_decay p
//     m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g^2        both 0 at the start
//     p = p - rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)        t = 1, 2, ...
//
// I. Loshchilov, F. Hutter: Decoupled weight decay regularization, 2019. Formula, order and defaults are those of
// torch.optim.AdamW (without amsgrad).
#pragma once
#include "kiln/optim/adam.hpp"

namespace kiln {

struct AdamW {
    double learning_rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 1e-2;

    static constexpr std::size_t moments = 2;  // m, v

    // The rule of a step (the first is 1) at a learning rate.
    template <class T> AdamRule<T> rule(std::size_t step, double rate) const {
        return detail::adam_rule<T>(*this, step, rate, 0, 1 - rate * weight_decay);
    }

    // Throws OptionError where an option is out of its range.
    void check() const { detail::check_adam("AdamW", *this); }
};

}  // namespace kiln
