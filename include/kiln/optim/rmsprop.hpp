// RMSprop: each number's step is divided by a moving root mean square of its gradient.
//
//     g = g + weight_decay p
//     v = alpha v + (1 - alpha) g^2        a = alpha a + (1 - alpha) g        both 0 at the start; a only where it is centered
//     b = momentum b + g / (sqrt(v) + epsilon)                                centered: sqrt(v - a^2), the variance
//     p = p - rate b
//
// T. Tieleman, G. Hinton: Lecture 6.5, 2012; centered: A. Graves, 2013. Formula, order and defaults are those of
// torch.optim.RMSprop. A moment that an option does not need is neither read nor written.
#pragma once
#include <cmath>
#include "kiln/core/lanes.hpp"
#include "kiln/core/option.hpp"

namespace kiln {

struct RMSprop {
    double learning_rate = 1e-2;
    double alpha = 0.99;
    double epsilon = 1e-8;
    double weight_decay = 0;
    double momentum = 0;
    bool centered = false;

    static constexpr std::size_t moments = 3;  // v, b, a

    // The step's constants. (p, g, moment) gives the new parameter.
    template <class T> struct Rule {
        T rate, alpha, one_minus_alpha, epsilon, decay, momentum;
        bool centered;

        template <class L> constexpr L operator()(const L& p, L g, auto&& moment) const {
            if (decay != 0) g = fma(L(decay), p, g);
            const auto average = [&](auto&& slot, const L& x) {
                const L before = slot, now = fma(L(alpha), before, L(one_minus_alpha) * x);
                slot = now;
                return now;
            };
            L square = average(moment[0], g * g);
            if (centered) {
                const L mean = average(moment[2], g);
                square = max(fma(-mean, mean, square), L(0));  // rounding may leave it below 0
            }
            L step = g / (sqrt(square) + L(epsilon));
            if (momentum != 0) {
                const L before = moment[1];
                moment[1] = step = fma(L(momentum), before, step);
            }
            return fma(L(-rate), step, p);
        }
    };

    // The rule of a step at a learning rate.
    template <class T> constexpr Rule<T> rule(std::size_t /*step*/, double rate) const {
        return {T(rate), T(alpha), T(1 - alpha), T(epsilon), T(weight_decay), T(momentum), centered};
    }

    // Throws OptionError where an option is out of its range.
    void check() const {
        const auto check_positive = [](const char* option, double value) {
            check_option(value >= 0 && std::isfinite(value), "RMSprop", option, value, "0 or positive, and finite");
        };
        check_positive("learning_rate", learning_rate);
        check_option(alpha >= 0 && alpha < 1, "RMSprop", "alpha", alpha, "at least 0 and below 1");
        // 0 would be 0 / 0 where the gradient has always been 0, as it is in the padding between parameters.
        check_option(epsilon >= 1e-30 && std::isfinite(epsilon), "RMSprop", "epsilon", epsilon, "at least 1e-30, and finite");
        check_positive("weight_decay", weight_decay);
        check_positive("momentum", momentum);
    }
};

}  // namespace kiln
