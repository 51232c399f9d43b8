// Adam: steps of a size that the gradient's own history sets, with L2 weight decay (AdamW: decoupled).
//
//     g = g + weight_decay p
//     m = beta1 m + (1 - beta1) g        v = beta2 v + (1 - beta2) g^2        both 0 at the start
//     p = p - rate / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)        t = 1, 2, ...
//
// D. Kingma, J. Ba: Adam: a method for stochastic optimization, 2015. Formula, order and defaults are those of
// torch.optim.Adam (without amsgrad).
#pragma once
#include <cmath>
#include "kiln/core/lanes.hpp"
#include "kiln/core/option.hpp"

namespace kiln {

// The constants of a step of Adam and its relatives. (p, g, moment) gives the new parameter; moment[0] is m, moment[1] is v.
template <class T> struct AdamRule {
    T beta1, one_minus_beta1, beta2, one_minus_beta2;
    T rate;        // of m: rate / (1 - beta1^t)
    T correction;  // 1 / sqrt(1 - beta2^t)
    T epsilon;
    T decay;   // coupled: g += decay p
    T shrink;  // decoupled: p *= shrink, before the step
    T gradient_rate = 0;  // of g itself: NAdam's

    template <class L> constexpr L operator()(const L& p, L g, auto&& moment) const {
        if (decay != 0) g = fma(L(decay), p, g);
        const L m_before = moment[0], v_before = moment[1];
        const L m = fma(L(beta1), m_before, L(one_minus_beta1) * g);
        const L v = fma(L(beta2), v_before, L(one_minus_beta2) * g * g);
        moment[0] = m;
        moment[1] = v;
        L step = L(rate) * m;
        if (gradient_rate != 0) step = fma(L(gradient_rate), g, step);
        return fma(L(shrink), p, -(step / fma(sqrt(v), L(correction), L(epsilon))));
    }
};

namespace detail {
template <class T>
AdamRule<T> adam_rule(const auto& options, std::size_t step, double rate, double decay, double shrink) {
    const double t = static_cast<double>(step);
    return {.beta1 = T(options.beta1),
            .one_minus_beta1 = T(1 - options.beta1),
            .beta2 = T(options.beta2),
            .one_minus_beta2 = T(1 - options.beta2),
            .rate = T(rate / (1 - std::pow(options.beta1, t))),
            .correction = T(1 / std::sqrt(1 - std::pow(options.beta2, t))),
            .epsilon = T(options.epsilon),
            .decay = T(decay),
            .shrink = T(shrink)};
}
inline void check_adam(const char* name, const auto& options) {
    const auto check_positive = [&](const char* option, double value) {
        check_option(value >= 0 && std::isfinite(value), name, option, value, "0 or positive, and finite");
    };
    const auto check_beta = [&](const char* option, double value) {
        check_option(value >= 0 && value < 1, name, option, value, "at least 0 and below 1");
    };
    check_positive("learning_rate", options.learning_rate);
    check_beta("beta1", options.beta1);
    check_beta("beta2", options.beta2);
    // 0 would be 0 / 0 where the gradient has always been 0, as it is in the padding between parameters.
    check_option(options.epsilon >= 1e-30 && std::isfinite(options.epsilon), name, "epsilon", options.epsilon,
                 "at least 1e-30, and finite");
    check_positive("weight_decay", options.weight_decay);
}
}  // namespace detail

struct Adam {
    double learning_rate = 1e-3;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    double weight_decay = 0;

    static constexpr std::size_t moments = 2;  // m, v

    // The rule of a step (the first is 1) at a learning rate.
    template <class T> AdamRule<T> rule(std::size_t step, double rate) const {
        return detail::adam_rule<T>(*this, step, rate, weight_decay, 1);
    }

    // Throws OptionError where an option is out of its range.
    void check() const { detail::check_adam("Adam", *this); }
};

}  // namespace kiln
