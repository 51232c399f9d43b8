#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/optim/adamw.hpp"
#include "support/close.hpp"
#include "support/descent.hpp"

using kiln::AdamW, kiln::OptionError;

// Made by PyTorch 1.13.0, in double:
//     p = torch.nn.Parameter(torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64))
//     o = torch.optim.AdamW([p]) and torch.optim.AdamW([p], lr=0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1)
//     for t in range(1, 7):
//         p.grad = torch.tensor([0.3 * t - 1, 0.05 * t * t, 1.0 / t - 0.4], dtype=torch.float64); o.step()
TEST_CASE("adamw: PyTorch's values, with its defaults and with every option") {
    const AdamW options{.learning_rate = 0.05, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.1};
    const std::vector<double> by_default{0.5030430527598485, -1.0053227770605004, 1.9973376116832944},
        by_choice{0.6116758110493145, -1.2469820039136847, 1.8399665010487065};
    for_every_lanes([&]<class L>() {
        CAPTURE(kiln::lane_count<L>);
        check_all_close<kiln::scalar<L>>(descend<L>(AdamW{}, {0.5F, -1, 2}, torch_gradient, 6), by_default);
        check_all_close<kiln::scalar<L>>(descend<L>(options, {0.5F, -1, 2}, torch_gradient, 6), by_choice);
    });
}

TEST_CASE("adamw: the formula over 50 steps, any number of elements") {
    const AdamW options{.learning_rate = 0.01, .beta1 = 0.85, .beta2 = 0.99, .weight_decay = 0.02};
    std::vector<double> p = start_of(37), m(37), v(37);
    for (std::size_t t = 1; t <= 50; ++t)
        for (std::size_t i = 0; i < p.size(); ++i) {
            const double g = gradient_of(i, t);
            p[i] -= 0.01 * 0.02 * p[i];
            m[i] = 0.85 * m[i] + 0.15 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            const double n = static_cast<double>(t), m_hat = m[i] / (1 - std::pow(0.85, n)),
                         v_hat = v[i] / (1 - std::pow(0.99, n));
            p[i] -= 0.01 * m_hat / (std::sqrt(v_hat) + 1e-8);
        }
    for_every_lanes([&]<class L>() {
        const auto first = start_of(37);
        check_all_close<kiln::scalar<L>>(descend<L>(options, {first.begin(), first.end()}, gradient_of, 50), p);
    });
}

TEST_CASE("adamw: each moment is read once and written once") {
    std::vector<Traffic> traffic;
    descend<double>(AdamW{}, {1}, gradient_of, 3, &traffic);
    REQUIRE(traffic.size() == 3);
    for (const Traffic& step : traffic) {
        CHECK(step.loads == 2);
        CHECK(step.stores == 2);
    }
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
