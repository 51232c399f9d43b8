// SGD: stochastic gradient descent, with momentum, Nesterov's form of it, and L2 weight decay.
//
//     g = g + weight_decay p
//     v = momentum v + (1 - dampening) g        v = g at the first step
//     p = p - rate v                            Nesterov: p = p - rate (g + momentum v)
//
// Formula, order and defaults are those of torch.optim.SGD. Without momentum v is neither read nor written.
#pragma once
#include <cmath>
#include "kiln/core/lanes.hpp"
#include "kiln/core/option.hpp"

namespace kiln {

struct SGD {
    double learning_rate = 1e-3;
    double momentum = 0;
    double dampening = 0;
    double weight_decay = 0;
    bool nesterov = false;

    static constexpr std::size_t moments = 1;  // v

    // The step's constants. (p, g, m) gives the new parameter; m[0] is v, in memory.
    template <class T> struct Rule {
        T rate, momentum, keep, decay;
        bool nesterov, first;

        template <class L> constexpr L operator()(const L& p, L g, auto&& m) const {
            if (decay != 0) g = fma(L(decay), p, g);
            if (momentum != 0) {
                L v = g;
                if (!first) {
                    const L before = m[0];
                    v = fma(L(momentum), before, L(keep) * g);
                }
                m[0] = v;
                g = nesterov ? fma(L(momentum), v, g) : v;
            }
            return fma(L(-rate), g, p);
        }
    };

    // The rule of a step (the first is 1) at a learning rate.
    template <class T> constexpr Rule<T> rule(std::size_t step, double rate) const {
        return {T(rate), T(momentum), T(1 - dampening), T(weight_decay), nesterov, step <= 1};
    }

    // Throws OptionError where an option is out of its range.
    void check() const {
        const auto check_positive = [](const char* option, double value) {
            check_option(value >= 0 && std::isfinite(value), "SGD", option, value, "0 or positive, and finite");
        };
        check_positive("learning_rate", learning_rate);
        check_positive("momentum", momentum);
        check_positive("weight_decay", weight_decay);
        check_option(std::isfinite(dampening), "SGD", "dampening", dampening, "finite");
        if (!nesterov) return;
        check_option(momentum > 0, "SGD", "momentum", momentum, "positive with nesterov");
        check_option(dampening == 0, "SGD", "dampening", dampening, "0 with nesterov");
    }
};

}  // namespace kiln
