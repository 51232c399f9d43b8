#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/optim/adamw.hpp"
#include "support/descent.hpp"

using kiln::AdamW, kiln::OptionError;

TEST_CASE("adamw: the formula over 50 steps, any number of elements") {
    const AdamW options{.learning_rate = 0.01, .beta1 = 0.85, .beta2 = 0.99, .weight_decay = 0.02};
    std::vector<double> m(37), v(37);
    check_formula(options, [&](double& p, std::size_t i, std::size_t t) {
        const double g = gradient_of(i, t);
        p -= 0.01 * 0.02 * p;
        m[i] = 0.85 * m[i] + 0.15 * g;
        v[i] = 0.99 * v[i] + 0.01 * g * g;
        const double n = static_cast<double>(t), m_hat = m[i] / (1 - std::pow(0.85, n)),
                     v_hat = v[i] / (1 - std::pow(0.99, n));
        p -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
    });
}

TEST_CASE("adamw: each moment is read once and written once") {
    check_moments(AdamW{}, 2);
}

TEST_CASE("adamw: the decay follows the schedule's rate and passes the moments by") {
    std::array<double, 2> m{};
    CHECK(AdamW{.weight_decay = 0.1}.rule<double>(1, 0.5)(2.0, 0.0, m) == doctest::Approx(2 * (1 - 0.05)));
    CHECK(m[0] == 0);
    CHECK(m[1] == 0);
}

TEST_CASE("adamw: PyTorch's defaults") {
    const AdamW adamw;
    CHECK(adamw.learning_rate == 1e-3);
    CHECK(adamw.beta1 == 0.9);
    CHECK(adamw.beta2 == 0.999);
    CHECK(adamw.epsilon == 1e-8);
    CHECK(adamw.weight_decay == 1e-2);
}

TEST_CASE("adamw: options out of range are refused under its own name") {
    AdamW{.weight_decay = 0}.check();
    CHECK_THROWS_WITH_AS(AdamW{.weight_decay = -1}.check(),
                         "AdamW: weight_decay is -1, but must be 0 or positive, and finite", OptionError);
    CHECK_THROWS_AS(AdamW{.beta1 = std::nan("")}.check(), OptionError);
    CHECK_THROWS_AS(AdamW{.learning_rate = std::numeric_limits<double>::infinity()}.check(), OptionError);
}
