// Training as a whole against PyTorch: the losses of 100 steps of a network of benchmarks/support/networks.hpp, from the first
// numbers and on the minibatches of tests/golden/curves.py, both of them a formula of whole numbers.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>
#include "../../benchmarks/support/networks.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/train/trainer.hpp"
#include "support/golden.hpp"
#include "support/sanitized.hpp"

namespace kiln_test::curves {

// What a sanitizer looks for is in every step.
#ifdef KILN_TEST_SANITIZED
inline constexpr std::size_t steps = 5;
#else
inline constexpr std::size_t steps = 100;
#endif
inline constexpr std::size_t classes = 10, side = 28;
enum class For { a_template, a_label, a_wrong_label, strength, noise, a_parameter };  // what a random number is for

// The range of the inputs: [0, 1), [-1, 1), or about mean 0 and deviation 1; in steps that float has.
struct Inputs {
    int divisor;
    double offset;
};
inline constexpr Inputs unit{256, 0}, signed_unit{128, -1}, standardised{64, -1.5};

// A smooth picture for each class: a grid of random numbers, of which half are dark, and straight lines between them.
inline const std::vector<int>& templates() {
    static const auto pixels = [] {
        const auto dark = [](auto... words) { return std::max(static_cast<int>(kiln::key(For::a_template, words...) % 512) - 256, 0); };
        std::vector<int> result;
        for (std::size_t c = 0; c < classes; ++c)
            for (std::size_t r = 0; r < side; ++r)
                for (std::size_t q = 0; q < side; ++q) {
                    const std::size_t i = r / 4, j = q / 4;
                    const int down = static_cast<int>(r % 4), right = static_cast<int>(q % 4);
                    result.push_back(((dark(c, i, j) * (4 - down) + dark(c, i + 1, j) * down) * (4 - right) +
                                      (dark(c, i, j + 1) * (4 - down) + dark(c, i + 1, j + 1) * down) * right) / 16);
                }
        return result;
    }();
    return pixels;
}

// A minibatch; a fifth of the labels is drawn at random, so that no loss goes to 0.
template <class T> void fill_minibatch(std::size_t step, Inputs inputs, kiln::Tensor<T, 4>& x, std::vector<int>& labels) {
    using kiln::key;
    T* at = x.data();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::size_t n = step * labels.size() + i;
        const auto pattern = key(For::a_label, n) % classes;
        const int strength = 96 + static_cast<int>(key(For::strength, n) % 64);
        for (std::size_t p = 0; p < side * side; ++p) {
            const int pixel = templates()[pattern * side * side + p] * strength / 256 + static_cast<int>(key(For::noise, n, p) % 128);
            *at++ = static_cast<T>(pixel) / static_cast<T>(inputs.divisor) + static_cast<T>(inputs.offset);
        }
        labels[i] = static_cast<int>(key(For::a_wrong_label, n) % 5 == 0 ? key(For::a_wrong_label, n, 1) % classes : pattern);
    }
}

// An initialiser: a weight within +-gain / sqrt(fan in), a norm's within 1 +- 1/8, and what else there is within +-1/8.
struct Start {
    double gain = 1;

    template <class S, class T> void operator()(kiln::View<S, T> parameter, std::string_view name, std::uint64_t) const {
        std::uint64_t array = kiln::key(For::a_parameter);
        for (const char c : name) array = kiln::mix(array ^ static_cast<std::uint64_t>(c));
        const bool weight = name.ends_with("weight") || name.find("weight_") != name.npos;
        for (std::size_t i = 0; i < S::size; ++i) {
            const double u = static_cast<double>(kiln::mix(array ^ i) >> 40) / (1 << 23) - 1;
            if (!weight) parameter[i] = static_cast<T>(static_cast<float>(u / 8));
            else if constexpr (S::rank == 1) parameter[i] = static_cast<T>(static_cast<float>(1 + u / 8));
            else parameter[i] = static_cast<T>(static_cast<float>(gain / std::sqrt(static_cast<double>(kiln::fan_in<S>)) * u));
        }
    }
};

// What a network's curve is made with, beside what the network says.
struct Recipe {
    Inputs inputs = unit;
    double gain = 1;
    kiln::Schedule schedule = {};
};

// The loss of each step, before it.
template <class Network, class T> std::vector<double> losses(const Recipe& recipe) {
    kiln::Model<typename Network::Net, networks::Image, T> model{kiln::Seed{}, Start{recipe.gain}};
    kiln::Trainer trainer{model, kiln::CrossEntropy{}, Network::optimizer, {.schedule = recipe.schedule}};
    auto x = kiln::make_batch<T, networks::Image>(Network::batch);
    std::vector<int> labels(Network::batch);
    std::vector<double> result;
    for (std::size_t step = 0; step < steps; ++step) {
        fill_minibatch(step, recipe.inputs, x, labels);
        result.push_back(trainer.step(x, labels).loss);
    }
    return result;
}

// The largest relative difference of two curves.
inline double largest_difference(const std::vector<double>& found, const std::vector<double>& expected) {
    REQUIRE(found.size() == steps);
    REQUIRE(expected.size() >= steps);
    double largest = 0;
    for (std::size_t i = 0; i < found.size(); ++i) largest = std::max(largest, std::abs(found[i] - expected[i]) / std::abs(expected[i]));
    return largest;
}

// A network learns as it does in PyTorch: in double the losses are the same (within 1e-10, as a layer's values are; PyTorch's own
// move by 1e-14 with the order of each minibatch's samples), in float they differ from PyTorch's no more than twice what that
// order moves PyTorch's own.
template <class Network> void check_curves(const Recipe& recipe = {}) {
    const Golden golden{"curves"};
    const std::string at = Network::name + std::string{"/"};
    const auto exact = losses<Network, double>(recipe);
    const auto mean_of_ten = [](auto first) { return std::accumulate(first, first + 10, 0.0) / 10; };
    if constexpr (steps == 100) CHECK(mean_of_ten(exact.end() - 10) < 0.97 * mean_of_ten(exact.begin()));
    CHECK(largest_difference(exact, golden.numbers(at + "double")) <= 1e-10);
    CHECK(largest_difference(losses<Network, float>(recipe), golden.numbers(at + "float")) <= 2 * std::ranges::max(golden.numbers(at + "orders")));
}

}  // namespace kiln_test::curves
