#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/optim/rmsprop.hpp"
#include "support/descent.hpp"

using kiln::OptionError, kiln::RMSprop;

TEST_CASE("rmsprop: the formula over 50 steps, any number of elements") {
    const RMSprop options{.learning_rate = 0.01, .alpha = 0.9, .epsilon = 1e-6, .weight_decay = 0.02, .momentum = 0.5, .centered = true};
    std::vector<double> v(37), a(37), b(37);
    check_formula(options, [&](double& p, std::size_t i, std::size_t t) {
        const double g = gradient_of(i, t) + 0.02 * p;
        v[i] = 0.9 * v[i] + 0.1 * g * g;
        a[i] = 0.9 * a[i] + 0.1 * g;
        b[i] = 0.5 * b[i] + g / (std::sqrt(v[i] - a[i] * a[i]) + 1e-6);
        p -= 0.01 * b[i];
    });
}

TEST_CASE("rmsprop: only the moments that an option needs are touched") {
    for (const auto& [options, moments] :
         {std::pair{RMSprop{}, 1}, std::pair{RMSprop{.momentum = 0.9}, 2}, std::pair{RMSprop{.centered = true}, 2}, std::pair{RMSprop{.momentum = 0.9, .centered = true}, 3}})
        check_moments(options, moments);
}

// The variance of a constant is 0, but the difference of the two averages may be a little below it.
TEST_CASE("rmsprop: centered, a gradient that never changes gives finite steps") {
    for_every_lanes([]<class L>() {
        for (const double g : {1.0 / 3, 0.7, 1e-3, 1e4}) {
            const auto p = descend<L>(RMSprop{.learning_rate = 1e-9, .alpha = 0.5, .centered = true}, {2}, [&](std::size_t, std::size_t) { return g; }, 300);
            CHECK(std::isfinite(p[0]));
        }
    });
}

TEST_CASE("rmsprop: PyTorch's defaults") {
    const RMSprop rmsprop;
    CHECK(rmsprop.learning_rate == 1e-2);
    CHECK(rmsprop.alpha == 0.99);
    CHECK(rmsprop.epsilon == 1e-8);
    CHECK(rmsprop.weight_decay == 0);
    CHECK(rmsprop.momentum == 0);
    CHECK_FALSE(rmsprop.centered);
}

TEST_CASE("rmsprop: options out of range are refused") {
    RMSprop{.learning_rate = 0, .alpha = 0, .momentum = 2}.check();
    CHECK_THROWS_WITH_AS(RMSprop{.alpha = 1}.check(), "RMSprop: alpha is 1, but must be at least 0 and below 1", OptionError);
    CHECK_THROWS_AS(RMSprop{.alpha = std::nan("")}.check(), OptionError);
    CHECK_THROWS_AS(RMSprop{.epsilon = 0}.check(), OptionError);
    CHECK_THROWS_AS(RMSprop{.momentum = -1}.check(), OptionError);
    CHECK_THROWS_AS(RMSprop{.weight_decay = -1}.check(), OptionError);
    CHECK_THROWS_AS(RMSprop{.learning_rate = std::numeric_limits<double>::infinity()}.check(), OptionError);
}
