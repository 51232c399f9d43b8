#include <doctest/doctest.h>
#include <limits>
#include "kiln/optim/sgd.hpp"
#include "support/descent.hpp"

using kiln::OptionError, kiln::SGD;

TEST_CASE("sgd: the formula over 50 steps, any number of elements") {
    const SGD sgd{.learning_rate = 0.01, .momentum = 0.9, .dampening = 0.5, .weight_decay = 0.02};
    std::vector<double> v(37);
    check_formula(sgd, [&](double& p, std::size_t i, std::size_t t) {
        const double g = gradient_of(i, t) + 0.02 * p;
        v[i] = t == 1 ? g : 0.9 * v[i] + 0.5 * g;
        p -= 0.01 * v[i];
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
