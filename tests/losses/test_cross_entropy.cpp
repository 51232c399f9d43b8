#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <random>
#include <vector>
#include "kiln/losses/cross_entropy.hpp"
#include "support/close.hpp"
#include "support/minibatch_loss.hpp"

using kiln::CrossEntropy, kiln::takes_output, kiln::Label, kiln::OptionError, kiln::Shape, kiln::View;

namespace {
template <std::size_t Classes, std::size_t Width, class T>
MinibatchLoss<T> run(const CrossEntropy& loss, const std::vector<T>& logits, const std::vector<T>& labels) {
    return minibatch_loss<Shape<Classes>, kiln::target_shape<Label>, Width>(loss, logits, labels);
}

// The textbook formula, in double: the probabilities, then their logarithms.
MinibatchLoss<double> reference(const CrossEntropy& loss, std::size_t classes, const std::vector<double>& logits,
                                const std::vector<double>& labels) {
    const auto class_weight = [&](std::size_t k) { return loss.class_weights.empty() ? 1 : loss.class_weights[k]; };
    MinibatchLoss<double> result{0, std::vector<double>(logits.size())};
    double whole = 0;
    for (double label : labels) whole += class_weight(static_cast<std::size_t>(label));
    for (std::size_t s = 0; s < labels.size(); ++s) {
        const double* const y = logits.data() + s * classes;
        const auto label = static_cast<std::size_t>(labels[s]);
        double total = 0, mass = 0;
        for (std::size_t k = 0; k < classes; ++k) total += std::exp(y[k]);
        const auto wanted = [&](std::size_t k) {
            return (k == label ? (1 - loss.label_smoothing) * class_weight(k) : 0) +
                   loss.label_smoothing * class_weight(k) / static_cast<double>(classes);
        };
        for (std::size_t k = 0; k < classes; ++k) {
            result.value -= wanted(k) * std::log(std::exp(y[k]) / total) / whole;
            mass += wanted(k);
        }
        for (std::size_t k = 0; k < classes; ++k)
            result.dy[s * classes + k] = (mass * std::exp(y[k]) / total - wanted(k)) / whole;
    }
    return result;
}

struct Samples {
    std::vector<double> logits, labels, class_weights;
};
Samples random_samples(std::size_t classes, std::size_t samples) {
    std::mt19937_64 engine{classes * 1000 + samples};
    std::normal_distribution<double> logit{0, 2};
    std::uniform_real_distribution<double> weight{0.25, 4};
    Samples result;
    // Rounded to float, so that both number types see the same numbers.
    for (std::size_t i = 0; i < samples * classes; ++i) result.logits.push_back(static_cast<float>(logit(engine)));
    for (std::size_t i = 0; i < samples; ++i) result.labels.push_back(static_cast<double>(engine() % classes));
    for (std::size_t i = 0; i < classes; ++i) result.class_weights.push_back(weight(engine));
    return result;
}
std::vector<float> narrow(const std::vector<double>& values) {
    std::vector<float> result;
    for (double v : values) result.push_back(static_cast<float>(v));
    return result;
}
}  // namespace

TEST_CASE_TEMPLATE("cross entropy: the textbook formula, for any number of classes and samples", Classes, Shape<2>,
                   Shape<3>, Shape<10>, Shape<37>) {
    for (std::size_t samples : {1U, 7U, 10U, 100U}) {
        const Samples s = random_samples(Classes::size, samples);
        for (const CrossEntropy& loss :
             {CrossEntropy{}, CrossEntropy{.label_smoothing = 0.3, .class_weights = s.class_weights}}) {
            CAPTURE(samples);
            CAPTURE(loss.label_smoothing);
            const auto expected = reference(loss, Classes::size, s.logits, s.labels);
            const auto one = run<Classes::size, 1>(loss, s.logits, s.labels);
            const auto lanes = run<Classes::size, kiln::native_width<double>>(loss, s.logits, s.labels);
            const auto floats =
                run<Classes::size, 2 * kiln::native_width<float>>(loss, narrow(s.logits), narrow(s.labels));
            check_close<double>(one.value, expected.value);
            check_all_close<double>(one.dy, expected.dy);
            check_close<double>(lanes.value, expected.value);
            check_all_close<double>(lanes.dy, expected.dy);
            check_close<float>(floats.value, expected.value);
            check_all_close<float>(floats.dy, expected.dy);
        }
    }
}

TEST_CASE("cross entropy: the gradient is the slope of the value") {
    const Samples s = random_samples(6, 3);
    for (const CrossEntropy& loss : {CrossEntropy{}, CrossEntropy{.label_smoothing = 0.15},
                                     CrossEntropy{.label_smoothing = 0.4, .class_weights = s.class_weights}})
        check_slope<Shape<6>, Shape<1>>(loss, s.logits, s.labels);
}

TEST_CASE_TEMPLATE("cross entropy: huge logits neither overflow nor lose the loss", T, float, double) {
    constexpr std::size_t width = kiln::native_width<T>;
    for (T size : {T(1e4), T(1e30)}) {
        const auto wrong = run<2, width, T>(CrossEntropy{}, {size, -size}, {1});
        check_close<T>(wrong.value / static_cast<double>(size), 2);
        check_all_close<T>(wrong.dy, std::vector<double>{1, -1});
        const auto right = run<2, width, T>(CrossEntropy{}, {size, -size}, {0});
        CHECK(right.value == 0);
        check_all_close<T>(right.dy, std::vector<double>{0, 0});
    }
    // A small loss beside large logits is not rounded away with them: log(1 + exp(-3)).
    check_close<T>(run<2, width, T>(CrossEntropy{}, {10000, 9997}, {0}).value, 0.048587351573742);
}

TEST_CASE_TEMPLATE("cross entropy: logits that are not finite give a loss that is not, whatever the class", L, float,
                   double, kiln::Lanes<float, kiln::native_width<float>>,
                   kiln::Lanes<double, kiln::native_width<double>>) {
    using T = kiln::scalar<L>;
    for (T broken : {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity()})
        for (std::size_t at = 0; at < 3; ++at)
            for (T label : {T(0), T(1), T(2)}) {
                std::array<L, 3> y{L(1), L(2), L(3)};
                const std::array<L, 1> target{L(label)};
                y[at] = L(broken);
                CAPTURE(at);
                CAPTURE(label);
                const L value = loss_value(CrossEntropy{}, View<Shape<3>, const L>{y.data()},
                                           View<Shape<1>, const L>{target.data()}, L(1));
                for (T v : kiln::to_lanes(value)) CHECK_FALSE(std::isfinite(v));
            }
}

TEST_CASE("cross entropy: what it takes") {
    static_assert(takes_output<CrossEntropy, Shape<2>> && takes_output<CrossEntropy, Shape<1000>> && takes_output<CrossEntropy, Shape<4, 10>>);
    static_assert(!takes_output<CrossEntropy, Shape<1>> && !takes_output<CrossEntropy, Shape<4, 1>> && !takes_output<CrossEntropy, Shape<3, 4, 10>>);
    static_assert(std::is_same_v<kiln::target_of<CrossEntropy, Shape<10>>, Label>);
    static_assert(std::is_same_v<kiln::target_of<CrossEntropy, Shape<4, 10>>, kiln::Tokens<4, 10>>);
    CHECK(CrossEntropy::name().view() == "CrossEntropy");
    CHECK_FALSE(CrossEntropy::after("Softmax").empty());
    CHECK_FALSE(CrossEntropy::after("LogSoftmax").empty());
    CHECK(CrossEntropy::after("Linear<4,10>").empty());
}

TEST_CASE("cross entropy: options out of range are refused") {
    check_loss(CrossEntropy{.label_smoothing = 0.999, .class_weights = {1, 2, 3}}, 3);
    CHECK_THROWS_WITH_AS(check_loss(CrossEntropy{.label_smoothing = 1}, 3),
                         "CrossEntropy: label_smoothing is 1, but must be at least 0 and below 1", OptionError);
    CHECK_THROWS_AS(check_loss(CrossEntropy{.label_smoothing = -0.1}, 3), OptionError);
    CHECK_THROWS_AS(check_loss(CrossEntropy{.label_smoothing = std::nan("")}, 3), OptionError);
    const CrossEntropy two{.class_weights = {1, 2}}, zero{.class_weights = {1, 0}};
    const CrossEntropy infinite{.class_weights = {1, std::numeric_limits<double>::infinity()}};
    CHECK_THROWS_WITH_AS(
        check_loss(two, 3), "CrossEntropy: the number of class_weights is 2, but must be the network's number of classes, 3",
        OptionError);
    CHECK_THROWS_WITH_AS(check_loss(zero, 2), "CrossEntropy: a class weight is 0, but must be positive and finite",
                         OptionError);
    CHECK_THROWS_AS(check_loss(infinite, 2), OptionError);
}

// torch.nn.functional.cross_entropy gives the values.
static_assert(right_as_constant<Shape<3>, Shape<1>>(CrossEntropy{}, 0.59877532628254959, {0.3, -1.2, 0.7}, {2}));
static_assert(right_as_constant<Shape<3>, Shape<1>>(CrossEntropy{.label_smoothing = 0.25, .class_weights = {1, 2, 0.5}}, 0.74918355085503296,
                                                                {0.3, -1.2, 0.7}, {2}));
