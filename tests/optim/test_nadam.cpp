#include <doctest/doctest.h>
#include <cmath>
#include "kiln/optim/nadam.hpp"
#include "support/close.hpp"
#include "support/descent.hpp"

using kiln::NAdam, kiln::OptionError;

// 400 steps: longer than the product of all mu is more than rounding beside 1.
TEST_CASE("nadam: the formula over 400 steps, any number of elements") {
    const NAdam options{.learning_rate = 0.01, .beta1 = 0.85, .beta2 = 0.99, .weight_decay = 0.02, .momentum_decay = 0.01};
    std::vector<double> p = start_of(9), m(9), v(9);
    double product = 1;
    for (std::size_t t = 1; t <= 400; ++t) {
        const double n = static_cast<double>(t), mu = 0.85 * (1 - 0.5 * std::pow(0.96, 0.01 * n)), next = 0.85 * (1 - 0.5 * std::pow(0.96, 0.01 * (n + 1)));
        product *= mu;
        for (std::size_t i = 0; i < p.size(); ++i) {
            const double g = gradient_of(i, t) + 0.02 * p[i];
            m[i] = 0.85 * m[i] + 0.15 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            const double root = std::sqrt(v[i] / (1 - std::pow(0.99, n))) + 1e-8;
            p[i] -= 0.01 * ((1 - mu) / (1 - product) * g + next / (1 - product * next) * m[i]) / root;
        }
    }
    // In float 400 steps of 0.01 are off by half a unit in the last place of p each, which is 1: 400 * 6e-8.
    const auto first = start_of(9);
    using L = kiln::Lanes<double, kiln::native_width<double>>;
    check_all_close<double>(descend<L>(options, first, gradient_of, 400), p);
    const auto found = descend<float>(options, {first.begin(), first.end()}, gradient_of, 400);
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(std::abs(static_cast<double>(found[i]) - p[i]) < 400 * 6e-8 * (1 + std::abs(p[i])));
}

TEST_CASE("nadam: each moment is read once and written once") {
    check_moments(NAdam{}, 2);
}

TEST_CASE("nadam: PyTorch's defaults") {
    const NAdam nadam;
    CHECK(nadam.learning_rate == 2e-3);
    CHECK(nadam.beta1 == 0.9);
    CHECK(nadam.beta2 == 0.999);
    CHECK(nadam.epsilon == 1e-8);
    CHECK(nadam.weight_decay == 0);
    CHECK(nadam.momentum_decay == 4e-3);
}

TEST_CASE("nadam: options out of range are refused under its own name") {
    NAdam{.beta1 = 0, .momentum_decay = 0}.check();
    CHECK_THROWS_WITH_AS(NAdam{.momentum_decay = -1}.check(), "NAdam: momentum_decay is -1, but must be 0 or positive, and finite", OptionError);
    CHECK_THROWS_WITH_AS(NAdam{.beta2 = 1}.check(), "NAdam: beta2 is 1, but must be at least 0 and below 1", OptionError);
}
