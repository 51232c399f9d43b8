// NAdam: Adam with Nesterov's momentum, whose strength mu grows towards beta1 over the steps.
//
//     g = g + weight_decay p
//     m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g^2        both 0 at the start
//     mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2)        M_t = mu_1 mu_2 ... mu_t        t = 1, 2, ...
//     p = p - rate ((1 - mu_t) / (1 - M_t) g + mu_(t+1) / (1 - M_(t+1)) m) / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
//
// T. Dozat: Incorporating Nesterov momentum into Adam, 2016. Formula, order and defaults are those of torch.optim.NAdam.
#pragma once
#include "kiln/optim/adam.hpp"

namespace kiln {

struct NAdam {
    double learning_rate = 2e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;
    double momentum_decay = 4e-3;

    static constexpr std::size_t moments = 2;  // m, v

    // The rule of a step (the first is 1) at a learning rate.
    template <class T> AdamRule<T> rule(std::size_t step, double rate) const {
        const double fall = std::pow(0.96, momentum_decay);
        const auto mu = [&](std::size_t t) { return beta1 * (1 - std::pow(fall, static_cast<double>(t)) / 2); };
        double product = 1, power = 1;
        for (std::size_t t = 1; t <= step && product > 1e-20; ++t) product *= beta1 * (1 - (power *= fall) / 2);  // less is 0 beside 1
        AdamRule<T> rule = detail::adam_rule<T>(*this, step, rate, weight_decay, 1);
        rule.rate = T(rate * mu(step + 1) / (1 - product * mu(step + 1)));
        rule.gradient_rate = T(rate * (1 - mu(step)) / (1 - product));
        return rule;
    }

    // Throws OptionError where an option is out of its range.
    void check() const {
        detail::check_adam("NAdam", *this);
        check_option(momentum_decay >= 0 && std::isfinite(momentum_decay), "NAdam", "momentum_decay", momentum_decay, "0 or positive, and finite");
    }
};

}  // namespace kiln
