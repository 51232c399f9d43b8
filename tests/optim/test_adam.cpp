#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/optim/adam.hpp"
#include "support/descent.hpp"

using kiln::Adam, kiln::OptionError;

TEST_CASE("adam: the formula over 50 steps, any number of elements") {
    const Adam options{.learning_rate = 0.01, .beta1 = 0.85, .beta2 = 0.99, .weight_decay = 0.02};
    std::vector<double> m(37), v(37);
    check_formula(options, [&](double& p, std::size_t i, std::size_t t) {
        const double g = gradient_of(i, t) + 0.02 * p;
        m[i] = 0.85 * m[i] + 0.15 * g;
        v[i] = 0.99 * v[i] + 0.01 * g * g;
        const double n = static_cast<double>(t), m_hat = m[i] / (1 - std::pow(0.85, n)),
                     v_hat = v[i] / (1 - std::pow(0.99, n));
        p -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    });
}

TEST_CASE("adam: each moment is read once and written once") {
    check_moments(Adam{}, 2);
}

TEST_CASE("adam: a step is about the learning rate, whatever the gradient's size") {
    for_every_lanes([]<class L>() {
        for (double g : {1e-4, 1.0, 1e10}) {
            const auto p = descend<L>(Adam{.learning_rate = 0.5}, {2}, [&](std::size_t, std::size_t) { return g; }, 1);
            CHECK(p[0] == doctest::Approx(1.5).epsilon(1e-4));
        }
    });
}

TEST_CASE("adam: the schedule's rate counts, not the optimiser's own") {
    std::array<double, 2> m{};
    CHECK(Adam{}.rule<double>(1, 0.25)(1.0, 3.0, m) == doctest::Approx(0.75));
}

TEST_CASE("adam: PyTorch's defaults") {
    const Adam adam;
    CHECK(adam.learning_rate == 1e-3);
    CHECK(adam.beta1 == 0.9);
    CHECK(adam.beta2 == 0.999);
    CHECK(adam.epsilon == 1e-8);
    CHECK(adam.weight_decay == 0);
}

TEST_CASE("adam: options out of range are refused") {
    Adam{.learning_rate = 0, .beta1 = 0, .beta2 = 0}.check();
    CHECK_THROWS_WITH_AS(Adam{.beta1 = 1}.check(), "Adam: beta1 is 1, but must be at least 0 and below 1", OptionError);
    CHECK_THROWS_AS(Adam{.beta2 = -0.1}.check(), OptionError);
    CHECK_THROWS_AS(Adam{.beta2 = std::nan("")}.check(), OptionError);
    CHECK_THROWS_WITH_AS(Adam{.epsilon = 0}.check(), "Adam: epsilon is 0, but must be at least 1e-30, and finite",
                         OptionError);
    CHECK_THROWS_AS(Adam{.learning_rate = -1}.check(), OptionError);
    CHECK_THROWS_AS(Adam{.weight_decay = std::numeric_limits<double>::infinity()}.check(), OptionError);
}
