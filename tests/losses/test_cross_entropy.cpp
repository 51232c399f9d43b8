#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <random>
#include <vector>
#include "kiln/losses/cross_entropy.hpp"
#include "support/close.hpp"
#include "support/minibatch_loss.hpp"

using kiln::CrossEntropy, kiln::Label, kiln::OptionError, kiln::Shape, kiln::View;

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

// Made by PyTorch 1.13.0, in double:
//     x = y.clone().requires_grad_()    # y [4, 5], c = tensor([2, 1, 0, 3]), w = tensor([0.5, 2.0, 1.0, 1.5, 3.0])
//     l = F.cross_entropy(x, c, weight=w or None, label_smoothing=s); l.backward(); print(l.item(), x.grad)
TEST_CASE("cross entropy: PyTorch's values, logits of 1e4 among them") {
    const std::vector<double> logits{0.5,   -1.25, 2.0, 0.75, -0.5, 3.0, 1.0,  -2.0, 0.25,   0.0,
                                     -0.75, 0.5,   0.5, -3.0, 1.5,  1e4, -1e4, 0.0,  9999.0, 10.0};
    const std::vector<double> labels{2, 1, 0, 3}, weights{0.5, 2.0, 1.0, 1.5, 3.0};
    struct Expected {
        CrossEntropy loss;
        double value;
        std::vector<double> gradient;
    };
    const Expected all[] = {{{},
                             1.7240796413889172,
                             {0.03421204521124362,
                              0.005945162009862721,
                              -0.09667225090285772,
                              0.04392913560810695,
                              0.012585908073644424,
                              0.19907816302215434,
                              -0.22305770042117218,
                              0.0013413781111185725,
                              0.012726641174966588,
                              0.009911518112932763,
                              -0.23577429459742222,
                              0.049652590666814274,
                              0.049652590666814274,
                              0.0014993783182772244,
                              0.13496973494551645,
                              0.18276464465750122,
                              0.0,
                              0.0,
                              -0.18276464465750122,
                              0.0}},
                            {{.label_smoothing = 0.1},
                             201.69782964138895,
                             {0.029212045211243622,
                              0.0009451620098627211,
                              -0.07667225090285773,
                              0.03892913560810695,
                              0.007585908073644424,
                              0.19407816302215433,
                              -0.2030577004211722,
                              -0.0036586218888814276,
                              0.007726641174966588,
                              0.004911518112932763,
                              -0.21577429459742223,
                              0.044652590666814276,
                              0.044652590666814276,
                              -0.0035006216817227757,
                              0.12996973494551645,
                              0.17776464465750122,
                              -0.005,
                              -0.005,
                              -0.16276464465750123,
                              -0.005}},
                            {{.class_weights = weights},
                             1.6695015250982501,
                             {0.0273696361689949,
                              0.004756129607890177,
                              -0.07733780072228619,
                              0.03514330848648556,
                              0.01006872645891554,
                              0.31852506083544696,
                              -0.3568923206738755,
                              0.002146204977789716,
                              0.02036262587994654,
                              0.01585842898069242,
                              -0.09430971783896888,
                              0.01986103626672571,
                              0.01986103626672571,
                              0.0005997513273108898,
                              0.05398789397820658,
                              0.2193175735890015,
                              0.0,
                              0.0,
                              -0.2193175735890015,
                              0.0}},
                            {{.label_smoothing = 0.2, .class_weights = weights},
                             641.6099656082741,
                             {0.02665399250927429,
                              -0.010673134839163002,
                              -0.03061833680896051,
                              0.02736050548650383,
                              -0.012723026366014595,
                              0.3017840584020291,
                              -0.2946166278469205,
                              -0.005939643221321873,
                              0.007548120844748683,
                              -0.008775908178535274,
                              -0.07580599368811519,
                              0.012599892224085025,
                              0.020599892224085026,
                              -0.011136358088672318,
                              0.053742567328617485,
                              0.2182418079035215,
                              -0.016,
                              -0.008,
                              -0.1702418079035215,
                              -0.024}}};
    for (const Expected& expected : all) {
        CAPTURE(expected.loss.label_smoothing);
        CAPTURE(expected.loss.class_weights.size());
        expected.loss.check(5);
        const auto check = [&]<std::size_t Width, class T>(const std::vector<T>& y, const std::vector<T>& c) {
            const auto found = run<5, Width>(expected.loss, y, c);
            check_close<T>(found.value, expected.value);
            check_all_close<T>(found.dy, expected.gradient);
        };
        check.operator()<1>(logits, labels);
        check.operator()<kiln::native_width<double>>(logits, labels);
        check.operator()<2 * kiln::native_width<double>>(logits, labels);
        check.operator()<1>(narrow(logits), narrow(labels));
        check.operator()<kiln::native_width<float>>(narrow(logits), narrow(labels));
        check.operator()<2 * kiln::native_width<float>>(narrow(logits), narrow(labels));
    }
}

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
                                     CrossEntropy{.label_smoothing = 0.4, .class_weights = s.class_weights}}) {
        const auto found = run<6, 1>(loss, s.logits, s.labels);
        for (std::size_t i = 0; i < s.logits.size(); ++i) {
            constexpr double step = 1e-5;
            auto up = s.logits, down = s.logits;
            up[i] += step;
            down[i] -= step;
            const double slope =
                (run<6, 1>(loss, up, s.labels).value - run<6, 1>(loss, down, s.labels).value) / (2 * step);
            CAPTURE(i);
            CHECK(std::abs(found.dy[i] - slope) < 1e-9);
        }
    }
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
                const L value = CrossEntropy{}.value(View<Shape<3>, const L>{y.data()},
                                                     View<Shape<1>, const L>{target.data()}, L(1));
                for (T v : kiln::to_lanes(value)) CHECK_FALSE(std::isfinite(v));
            }
}

TEST_CASE("cross entropy: what it takes, and what a sample weighs") {
    static_assert(CrossEntropy::accepts<Shape<2>> && CrossEntropy::accepts<Shape<1000>>);
    static_assert(!CrossEntropy::accepts<Shape<1>> && !CrossEntropy::accepts<Shape<4, 10>>);
    static_assert(std::is_same_v<CrossEntropy::Target<Shape<10>>, Label>);
    CHECK(CrossEntropy::name().view() == "CrossEntropy");
    CHECK(CrossEntropy::expected().view() == "a row of 2 or more classes");
    CHECK(CrossEntropy{}.weight(7) == 1);
    CHECK(CrossEntropy{.class_weights = {0.5, 2}}.weight(1) == 2);
}

TEST_CASE("cross entropy: options out of range are refused") {
    CrossEntropy{.label_smoothing = 0.999, .class_weights = {1, 2, 3}}.check(3);
    CHECK_THROWS_WITH_AS(CrossEntropy{.label_smoothing = 1}.check(3),
                         "CrossEntropy: label_smoothing is 1, but must be at least 0 and below 1", OptionError);
    CHECK_THROWS_AS(CrossEntropy{.label_smoothing = -0.1}.check(3), OptionError);
    CHECK_THROWS_AS(CrossEntropy{.label_smoothing = std::nan("")}.check(3), OptionError);
    const CrossEntropy two{.class_weights = {1, 2}}, zero{.class_weights = {1, 0}};
    const CrossEntropy infinite{.class_weights = {1, std::numeric_limits<double>::infinity()}};
    CHECK_THROWS_WITH_AS(
        two.check(3), "CrossEntropy: the number of class_weights is 2, but must be the network's number of classes, 3",
        OptionError);
    CHECK_THROWS_WITH_AS(zero.check(2), "CrossEntropy: a class weight is 0, but must be positive and finite",
                         OptionError);
    CHECK_THROWS_AS(infinite.check(2), OptionError);
}
