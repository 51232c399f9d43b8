#include <doctest/doctest.h>
#include <limits>
#include "kiln/optim/sgd.hpp"
#include "support/close.hpp"
#include "support/descent.hpp"

using kiln::OptionError, kiln::SGD;

// Made by PyTorch 1.13.0, in double:
//     p = torch.nn.Parameter(torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64))
//     o = torch.optim.SGD([p], lr=0.1, ...)
//     for t in range(1, 7):
//         p.grad = torch.tensor([0.3 * t - 1, 0.05 * t * t, 1.0 / t - 0.4], dtype=torch.float64); o.step()
TEST_CASE("sgd: PyTorch's values, with every option") {
    struct Expected {
        SGD sgd;
        std::vector<double> p;
    };
    const Expected all[] = {
        {{.learning_rate = 0.1}, {0.47, -1.4549999999999998, 1.9949999999999999}},
        {{.learning_rate = 0.1, .weight_decay = 0.01}, {0.466558439137887, -1.4484903648400391, 1.9832993356630113}},
        {{.learning_rate = 0.1, .momentum = 0.9}, {0.7969853, -1.89438495, 1.8028236}},
        {{.learning_rate = 0.1, .momentum = 0.9, .dampening = 0.25}, {0.8047368, -1.6766457000000001, 1.78183385}},
        {{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}, {0.7372867700000001, -2.259946455, 1.81754124}},
        {{.learning_rate = 0.1, .momentum = 0.8, .weight_decay = 0.05, .nesterov = true},
         {0.5708150752817768, -2.0085182848435474, 1.7173063474858834}}};
    for (const Expected& expected : all)
        for_every_lanes([&]<class L>() {
            CAPTURE(expected.p[0]);
            CAPTURE(kiln::lane_count<L>);
            check_all_close<kiln::scalar<L>>(descend<L>(expected.sgd, {0.5F, -1, 2}, torch_gradient, 6), expected.p);
        });
}

TEST_CASE("sgd: the formula over 50 steps, any number of elements") {
    const SGD sgd{.learning_rate = 0.01, .momentum = 0.9, .dampening = 0.5, .weight_decay = 0.02};
    std::vector<double> p = start_of(37), v(37);
    for (std::size_t t = 1; t <= 50; ++t)
        for (std::size_t i = 0; i < p.size(); ++i) {
            const double g = gradient_of(i, t) + 0.02 * p[i];
            v[i] = t == 1 ? g : 0.9 * v[i] + 0.5 * g;
            p[i] -= 0.01 * v[i];
        }
    for_every_lanes([&]<class L>() {
        const auto first = start_of(37);
        check_all_close<kiln::scalar<L>>(descend<L>(sgd, {first.begin(), first.end()}, gradient_of, 50), p);
    });
}

TEST_CASE("sgd: the momentum is touched only where there is one, and the first step does not read it") {
    std::vector<Traffic> plain, momentum;
    descend<double>(SGD{}, {1}, gradient_of, 2, &plain);
    descend<double>(SGD{.momentum = 0.9}, {1}, gradient_of, 2, &momentum);
    REQUIRE(plain.size() == 2);
    REQUIRE(momentum.size() == 2);
    for (const Traffic& step : plain) CHECK(step.loads + step.stores == 0);
    CHECK(momentum[0].loads == 0);
    CHECK(momentum[0].stores == 1);
    CHECK(momentum[1].loads == 1);
    CHECK(momentum[1].stores == 1);
}

TEST_CASE("sgd: PyTorch's defaults") {
    const SGD sgd;
    CHECK(sgd.learning_rate == 1e-3);
    CHECK(sgd.momentum == 0);
    CHECK(sgd.dampening == 0);
    CHECK(sgd.weight_decay == 0);
    CHECK_FALSE(sgd.nesterov);
}

TEST_CASE("sgd: options out of range are refused") {
    SGD{.learning_rate = 0, .momentum = 1.5, .weight_decay = 3, .nesterov = true}.check();
    CHECK_THROWS_WITH_AS(SGD{.learning_rate = -0.1}.check(),
                         "SGD: learning_rate is -0.1, but must be 0 or positive, and finite", OptionError);
    CHECK_THROWS_AS(SGD{.learning_rate = std::numeric_limits<double>::quiet_NaN()}.check(), OptionError);
    CHECK_THROWS_AS(SGD{.learning_rate = std::numeric_limits<double>::infinity()}.check(), OptionError);
    CHECK_THROWS_AS(SGD{.momentum = -0.1}.check(), OptionError);
    CHECK_THROWS_AS(SGD{.dampening = std::numeric_limits<double>::infinity()}.check(), OptionError);
    CHECK_THROWS_AS(SGD{.weight_decay = -1}.check(), OptionError);
    CHECK_THROWS_WITH_AS(SGD{.nesterov = true}.check(), "SGD: momentum is 0, but must be positive with nesterov",
                         OptionError);
    const SGD dampened{.momentum = 0.9, .dampening = 0.1, .nesterov = true};
    CHECK_THROWS_WITH_AS(dampened.check(), "SGD: dampening is 0.1, but must be 0 with nesterov", OptionError);
}
