#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>
#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xview.hpp>
#endif
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/trainer.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/plain_training.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using SmallModel = Model<Small, Four>;
using SmallOptions = FitOptions<Dataset<Four, Label>>;
constexpr double infinity = std::numeric_limits<double>::infinity(), not_a_number = std::numeric_limits<double>::quiet_NaN();

// y = w x + b of one number, w the first parameter and b the 17th; 0 at the start.
using Line = Model<Linear<1, 1>, Shape<1>, double>;
const Constant zero{.value = 0, .zero_bias = true};
Dataset<Shape<1>, Number> point(double target) { return {std::vector<double>{1}, std::vector<double>{target}}; }

// A step or two against plain loops: the losses of `steps` minibatches of `batch` samples, in order, again and again.
template <class Net, class Input, class T> std::vector<double> losses_of(Model<Net, Input, T>& model, const auto& data, const auto& optimizer, std::size_t batch, std::size_t epochs) {
    Trainer trainer{model, CrossEntropy{}, optimizer, {.threads = 2}};
    std::vector<double> losses;
    trainer.fit(data, {.epochs = epochs, .batch_size = batch, .shuffle = false, .progress = Show::nothing,
                       .on_batch = [&](const BatchReport& now) { losses.push_back(now.score.loss); }});
    return losses;
}
template <class Net, class Input, class T, class Plain> void check_against_plain(double bound, const auto& optimizer) {
    const std::size_t samples = 27, batch = 10, epochs = 12, classes = Plain::classes;
    const auto values = cluster_values<Input, double>(samples, classes);
    const auto labels = cluster_labels(samples, classes);
    Model<Net, Input, T> model{Seed{4}};
    Plain plain;
    plain.load(model);
    const auto expected = plain_losses(plain, values, labels, optimizer, batch, epochs);
    const Dataset<Input, Label> data{values, labels};
    const auto found = losses_of(model, data, optimizer, batch, epochs);
    REQUIRE(found.size() == epochs * 3);
    REQUIRE(found.size() == expected.size());
    CHECK(expected.back() < 0.7 * expected.front());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CAPTURE(found[i]);
        CAPTURE(expected[i]);
        CHECK(std::abs(found[i] - expected[i]) <= bound);
    }
}
}  // namespace

// Double: 36 steps of sums of some 100 terms, eps 2.2e-16: errors stay far below 1e-10. Float: a loss is a sum of some 30
// terms of size 1, each off by eps = 6e-8, and every step adds as much again: 36 * 30 * 6e-8 = 7e-5. Adam divides by the root
// of v, so that an element whose gradient is small counts as much: ten times that.
TEST_CASE("trainer: a perceptron's loss curve is that of plain loops") {
    using Net = Sequential<Flatten, Linear<12, 9>, Tanh, Linear<9, 5>>;
    const SGD sgd{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-3};
    check_against_plain<Net, Shape<1, 3, 4>, double, PlainPerceptron<12, 9, 5>>(1e-10, sgd);
    check_against_plain<Net, Shape<1, 3, 4>, float, PlainPerceptron<12, 9, 5>>(7e-5, sgd);
    check_against_plain<Net, Shape<1, 3, 4>, double, PlainPerceptron<12, 9, 5>>(1e-10, Adam{.learning_rate = 1e-2});
    check_against_plain<Net, Shape<1, 3, 4>, float, PlainPerceptron<12, 9, 5>>(7e-4, Adam{.learning_rate = 1e-2});
}
TEST_CASE("trainer: a convolutional network's loss curve is that of plain loops") {
    using Net = Sequential<Conv<2, 3, 3, 1, 1>, ReLU, MaxPool<2>, Flatten, Linear<27, 4>>;
    const SGD sgd{.learning_rate = 0.05, .momentum = 0.5};
    check_against_plain<Net, Shape<2, 6, 6>, double, PlainConvolution>(1e-10, sgd);
    check_against_plain<Net, Shape<2, 6, 6>, float, PlainConvolution>(7e-5, sgd);
}

TEST_CASE("trainer: fit walks all batches of all epochs, the short last one too, and reports them") {
    const auto data = clusters<Four>(103, 3), validation = clusters<Four>(41, 3, 1);
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}};
    std::vector<BatchReport> batches;
    std::vector<EpochReport> epochs;
    std::vector<Score> validations;
    const History history = trainer.fit(data, {.epochs = 3, .batch_size = 20, .validation = &validation, .progress = Show::nothing,
        .on_batch = [&](const BatchReport& now) {
            CHECK(epochs.size() == now.epoch - 1);  // callbacks come in order
            batches.push_back(now);
        },
        .on_epoch = [&](const EpochReport& now) {
            CHECK(batches.size() == 6 * now.epoch);
            epochs.push_back(now);
            validations.push_back(trainer.evaluate(validation));
        }});
    REQUIRE(batches.size() == 18);
    REQUIRE(history.epochs.size() == 3);
    REQUIRE(epochs.size() == 3);
    CHECK(trainer.steps() == 18);
    CHECK(history.stopped == Stopped::finished);
    for (std::size_t i = 0; i < batches.size(); ++i) {
        CHECK(batches[i].epoch == i / 6 + 1);
        CHECK(batches[i].epochs == 3);
        CHECK(batches[i].batch == i % 6 + 1);
        CHECK(batches[i].batches == 6);
        CHECK(batches[i].samples == (i % 6 == 5 ? 3 : 20));
        CHECK(batches[i].learning_rate == 0.1);
    }
    double lowest = infinity;
    std::size_t best = 0;
    for (std::size_t e = 0; e < 3; ++e) {
        double loss = 0, right = 0;
        for (std::size_t b = 0; b < 6; ++b) {
            const auto& now = batches[6 * e + b];
            loss += now.score.loss * static_cast<double>(now.samples);
            right += now.score.accuracy * static_cast<double>(now.samples);
        }
        const EpochReport& report = history.epochs[e];
        CHECK(report.epoch == e + 1);
        CHECK(report.epochs == 3);
        CHECK(report.training.loss == doctest::Approx(loss / 103).epsilon(1e-12));
        CHECK(report.training.accuracy == doctest::Approx(right / 103).epsilon(1e-12));
        CHECK(report.validation.loss == validations[e].loss);  // the same bits
        CHECK(report.validation.accuracy == validations[e].accuracy);
        CHECK(report.learning_rate == 0.1);
        CHECK(report.samples_per_second > 0);
        CHECK(report.seconds >= 103 / report.samples_per_second);
        CHECK(epochs[e].training.loss == report.training.loss);
        if (report.validation.loss < lowest) lowest = report.validation.loss, best = e + 1;
    }
    CHECK(history.best_epoch == best);
    CHECK(history.last().epoch == 3);
    CHECK(history.last().training.loss < history.epochs[0].training.loss);
}

TEST_CASE("trainer: without a validation set nothing is measured, and the training loss chooses the best epoch") {
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}};
    const auto history = trainer.fit(clusters<Four>(60, 3), {.epochs = 3, .progress = Show::nothing});
    CHECK(std::isnan(history.last().validation.loss));
    CHECK(history.best_epoch == 3);
    Line line{Seed{1}, zero};
    const auto regression = Trainer{line, MSE{}, SGD{.learning_rate = 0.1}}.fit(point(1), {.progress = Show::nothing});
    CHECK(std::isnan(regression.last().training.accuracy));
    CHECK(regression.last().training.loss == 1);
}

TEST_CASE("trainer: the order of the samples is the seed's, and another in every epoch") {
    const auto data = clusters<Four>(90, 3);
    const auto run = [&](std::uint64_t seed, bool shuffle, double rate, std::vector<double>* losses = nullptr) {
        SmallModel model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = rate}};
        trainer.fit(data, {.epochs = 2, .batch_size = 8, .shuffle = shuffle, .seed = seed, .progress = Show::nothing,
                           .on_batch = [&](const BatchReport& now) { if (losses) losses->push_back(now.score.loss); }});
        return numbers_of(model);
    };
    CHECK(same_bits(run(7, true, 0.1), run(7, true, 0.1)));
    CHECK_FALSE(same_bits(run(7, true, 0.1), run(8, true, 0.1)));
    CHECK_FALSE(same_bits(run(7, true, 0.1), run(7, false, 0.1)));
    CHECK(same_bits(run(7, false, 0.1), run(8, false, 0.1)));
    std::vector<double> shuffled, in_order;  // with a rate of 0 a batch's loss tells which samples it had
    run(7, true, 0, &shuffled);
    run(7, false, 0, &in_order);
    REQUIRE(shuffled.size() == 24);
    for (std::size_t b = 0; b < 12; ++b) CHECK(in_order[b] == in_order[b + 12]);
    std::size_t differ = 0;
    for (std::size_t b = 0; b < 12; ++b) differ += shuffled[b] != shuffled[b + 12];
    CHECK(differ >= 11);
}

TEST_CASE("trainer: callbacks may stop training, after a batch or after an epoch") {
    const auto data = clusters<Four>(60, 3);
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}};
    std::size_t batches = 0, epochs = 0;
    auto history = trainer.fit(data, {.epochs = 5, .batch_size = 10, .progress = Show::nothing,
        .on_batch = [&](const BatchReport&) { return ++batches == 8 ? Continue::no : Continue::yes; },
        .on_epoch = [&](const EpochReport&) { ++epochs; }});
    CHECK(batches == 8);
    CHECK(trainer.steps() == 8);
    CHECK(epochs == 2);
    CHECK(history.epochs.size() == 2);
    CHECK(history.stopped == Stopped::by_callback);
    double sum = 0;
    history = trainer.fit(data, {.epochs = 5, .batch_size = 10, .progress = Show::nothing,
        .on_batch = [&](const BatchReport& now) { if (now.epoch == 2) sum += now.score.loss; },
        .on_epoch = [&](const EpochReport& now) { return now.epoch == 2 ? Continue::no : Continue::yes; }});
    CHECK(history.epochs.size() == 2);
    CHECK(history.stopped == Stopped::by_callback);
    CHECK(history.last().training.loss == doctest::Approx(sum / 6).epsilon(1e-12));
}

TEST_CASE("trainer: a callback may throw, and training goes on afterwards") {
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}};
    const auto data = clusters<Four>(60, 3);
    CHECK_THROWS_AS(trainer.fit(data, {.progress = Show::nothing, .on_batch = [](const BatchReport&) { throw 1; }}), int);
    CHECK(trainer.steps() == 1);
    CHECK(trainer.fit(data, {.epochs = 1, .progress = Show::nothing}).stopped == Stopped::finished);
}

// From y = 0 towards 1, a residual of 0.8^n of the way after n steps: y = 0.2, 0.36, 0.488, 0.59, ... Against 0.4 the loss is
// 0.04, 0.0016, 0.0077, 0.036, 0.074, ...
TEST_CASE("trainer: early stopping") {
    const auto data = point(1), validation = point(0.4);
    const auto run = [&](EarlyStopping rule, std::vector<std::vector<double>>& after, std::vector<double>& end) {
        Line model{Seed{1}, zero};
        Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.05}};
        const auto history = trainer.fit(data, {.epochs = 50, .validation = &validation, .early_stopping = rule, .progress = Show::nothing,
                                                .on_epoch = [&](const EpochReport&) { after.push_back(numbers_of(model)); }});
        end = numbers_of(model);
        return history;
    };
    std::vector<std::vector<double>> after;
    std::vector<double> end;
    SUBCASE("the parameters stay those of the last epoch") {
        const auto history = run({.patience = 2}, after, end);
        CHECK(history.epochs.size() == 4);
        CHECK(history.epochs[1].validation.loss == doctest::Approx(0.0016));
        CHECK(history.epochs[2].validation.loss > history.epochs[1].validation.loss);
        CHECK(history.best_epoch == 2);
        CHECK(history.stopped == Stopped::early);
        CHECK(same_bits(end, after[3]));
    }
    SUBCASE("or become those of the best epoch") {
        const auto history = run({.patience = 3, .restore_best = true}, after, end);
        CHECK(history.epochs.size() == 5);
        CHECK(history.best_epoch == 2);
        CHECK(same_bits(end, after[1]));
        CHECK_FALSE(same_bits(end, after[4]));
    }
    SUBCASE("a small gain does not count against patience, and the best epoch is the best all the same") {
        const auto history = run({.patience = 2, .minimum_gain = 0.05, .restore_best = true}, after, end);
        CHECK(history.epochs.size() == 3);
        CHECK(history.best_epoch == 2);
        CHECK(same_bits(end, after[1]));
    }
    SUBCASE("patience longer than training: finished, and restored all the same") {
        const auto history = run({.patience = 100, .restore_best = true}, after, end);
        CHECK(history.epochs.size() == 50);
        CHECK(history.stopped == Stopped::finished);
        CHECK(same_bits(end, after[1]));
    }
    SUBCASE("a fit of one epoch is its own best") {
        Line model{Seed{1}, zero};
        Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.05}};
        const auto history = trainer.fit(data, {.validation = &validation, .early_stopping = EarlyStopping{.patience = 1, .restore_best = true}, .progress = Show::nothing});
        CHECK(history.best_epoch == 1);
        CHECK(history.stopped == Stopped::finished);
        CHECK(model.parameters()[0] == doctest::Approx(0.1));
    }
}

TEST_CASE("trainer: a validation loss that is not a number is never the best") {
    Line model{Seed{1}, zero};
    const auto data = point(1), validation = point(not_a_number);
    Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.05}};
    const auto history = trainer.fit(data, {.epochs = 9, .validation = &validation, .early_stopping = EarlyStopping{.patience = 3}, .progress = Show::nothing});
    CHECK(history.best_epoch == 1);
    CHECK(history.epochs.size() == 3);
    CHECK(history.stopped == Stopped::early);
}

TEST_CASE("trainer: schedules") {
    const auto data = point(1);
    const auto rates = [&](const TrainerOptions& options, const FitOptions<Dataset<Shape<1>, Number>>& fit_options) {
        Line model{Seed{1}, zero};
        Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.1}, options};
        std::vector<double> found, moved{0};
        auto fit = fit_options;
        fit.epochs = 6;
        fit.progress = Show::nothing;
        fit.on_batch = [&](const BatchReport& now) {
            found.push_back(now.learning_rate);
            moved.push_back(model.parameters()[0]);
        };
        const auto history = trainer.fit(data, fit);
        for (std::size_t i = 0; i < found.size(); ++i) {
            CHECK(history.epochs[i].learning_rate == found[i]);
            // w moves by rate 2 (1 - y), y = 2 w: the step has the rate that the report says
            CHECK(moved[i + 1] - moved[i] == doctest::Approx(found[i] * 2 * (1 - 2 * moved[i])).epsilon(1e-12));
        }
        return found;
    };
    std::vector<double> cosine, decay;
    for (std::size_t i = 0; i < 6; ++i) {
        cosine.push_back(Cosine{.minimum = 0.01}(0.1, {i, 6, 1}));
        decay.push_back(i < 3 ? 0.1 : 0.05);
    }
    CHECK(cosine[3] < 0.08);
    CHECK(rates({}, {}) == std::vector<double>(6, 0.1));
    CHECK(rates({.schedule = Cosine{.minimum = 0.01}}, {}) == cosine);
    CHECK(rates({.schedule = StepDecay{.every = 1}}, {.schedule = Cosine{.minimum = 0.01}}) == cosine);
    CHECK(rates({.schedule = StepDecay{.every = 3, .factor = 0.5}}, {}) == decay);
    CHECK(rates({.schedule = Cosine{}}, {.schedule = Schedule{}}) == std::vector<double>(6, 0.1));
    CHECK_THROWS_WITH_AS(rates({.schedule = [](double, Progress) { return not_a_number; }}, {}),
                         "Trainer: the schedule's learning rate is nan, but must be 0 or positive, and finite", OptionError);
    CHECK_THROWS_AS(rates({.schedule = [](double, Progress) { return -1.0; }}, {}), OptionError);
}

TEST_CASE("trainer: schedules in a loop of one's own") {
    const Tensor<double, 2> x{{1}}, target{{1}};
    Line model{Seed{1}, zero};
    const auto step = [&](const TrainerOptions& options, std::size_t steps) {
        Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.1}, options};
        std::vector<double> rates;
        for (std::size_t i = 0; i < steps; ++i) {
            const double w = model.parameters()[0], y = w + model.parameters()[16];
            trainer.step(x, target);
            rates.push_back((model.parameters()[0] - w) / (2 * (1 - y)));
        }
        std::ranges::fill(model.parameters(), 0);
        return rates;
    };
    const auto check = [&](const std::vector<double>& found, auto expected) {
        for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == doctest::Approx(expected(i)).epsilon(1e-9));
    };
    check(step({.schedule = Cosine{}, .steps = 6}, 5), [](std::size_t i) { return Cosine{}(0.1, {i, 6, 1}); });
    check(step({.schedule = StepDecay{.every = 1, .factor = 0.5}, .steps_per_epoch = 2}, 5), [](std::size_t i) { return 0.1 * std::pow(0.5, i / 2); });
    check(step({.schedule = WarmUp{.steps = 4}}, 6), [](std::size_t i) { return WarmUp{.steps = 4}(0.1, {i, 0, 0}); });
    CHECK_THROWS_WITH_AS(step({.schedule = Cosine{}}, 1), "Cosine: steps is 0, but must be known: in a loop of your own, give it in TrainerOptions", OptionError);
    CHECK_THROWS_AS(step({.schedule = OneCycle{}}, 1), OptionError);
    CHECK_THROWS_AS(step({.schedule = StepDecay{.every = 1}, .steps = 6}, 1), OptionError);
}

TEST_CASE("trainer: clip_norm limits the norm of the gradient of all parameters together") {
    const auto data = clusters<Four, double>(64, 3);
    const auto norm = [&](double trainer_clip, std::optional<double> fit_clip) {
        Model<Small, Four, double> model{Seed{1}};
        const auto before = numbers_of(model);
        Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.5}, {.threads = 2, .clip_norm = trainer_clip}};
        trainer.fit(data, {.clip_norm = fit_clip, .progress = Show::nothing});
        REQUIRE(trainer.steps() == 1);
        double total = 0;
        for (std::size_t i = 0; i < before.size(); ++i) total += std::pow((model.parameters()[i] - before[i]) / 0.5, 2);
        return std::sqrt(total);
    };
    const double free = norm(0, {});
    REQUIRE(free > 0.1);
    CHECK(norm(0.01, {}) == doctest::Approx(0.01 * free / (free + 1e-6)).epsilon(1e-9));  // PyTorch's 1e-6
    CHECK(norm(0.01, 0.02) == doctest::Approx(0.02 * free / (free + 1e-6)).epsilon(1e-9));
    CHECK(norm(0, 0.02) == doctest::Approx(0.02 * free / (free + 1e-6)).epsilon(1e-9));
    CHECK(norm(0.01, 0.0) == free);
    CHECK(norm(2 * free, {}) == free);
}

TEST_CASE("trainer: a second fit goes on where the first ended, and steps are the same by every way") {
    const auto data = clusters<Four>(45, 3);
    const auto values = cluster_values<Four>(45, 3);
    const auto labels = cluster_labels(45, 3);
    const auto run = [&](auto train) {
        SmallModel model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.01}};
        train(trainer);
        CHECK(trainer.steps() == 10);
        CHECK(&trainer.model() == &model);
        return numbers_of(model);
    };
    const SmallOptions options{.batch_size = 10, .shuffle = false, .progress = Show::nothing};
    const auto expected = run([&](auto& trainer) {
        auto two = options;
        two.epochs = 2;
        trainer.fit(data, two);
    });
    CHECK(same_bits(run([&](auto& trainer) { trainer.fit(data, options), trainer.fit(data, options); }), expected));
    CHECK(same_bits(run([&](auto& trainer) {
        Loader loader{data, {.batch_size = 10, .shuffle = false}};
        for (const std::size_t epoch : {0U, 1U})
            for (auto batch : loader.epoch(epoch)) trainer.step(batch);
    }), expected));
    // As tensors: of the model's type, of another, column-major, views of a larger one; labels as any list of whole numbers.
    const auto x = tensor_of<Four>(values);
    const Tensor<double, 2> wide = x;
    const xt::xtensor<float, 2, xt::layout_type::column_major> columns = x;
    const auto by_step = [&](const auto& inputs, auto labels_of) {
        return run([&](auto& trainer) {
            for (const std::size_t i : {0U, 10U, 20U, 30U, 40U, 0U, 10U, 20U, 30U, 40U}) {
                const std::size_t end = std::min<std::size_t>(i + 10, 45);
                trainer.step(xt::view(inputs, xt::range(i, end), xt::all()), labels_of(i, end));
            }
        });
    };
    const auto list = [&](std::size_t i, std::size_t end) {
        return std::vector(labels.begin() + static_cast<std::ptrdiff_t>(i), labels.begin() + static_cast<std::ptrdiff_t>(end));
    };
    CHECK(same_bits(by_step(x, list), expected));
    CHECK(same_bits(by_step(wide, list), expected));
    CHECK(same_bits(by_step(columns, list), expected));
    CHECK(same_bits(by_step(x, [&](std::size_t i, std::size_t end) {
        Tensor<std::uint8_t, 1> t(std::array{end - i});
        for (std::size_t k = i; k < end; ++k) t(k - i) = static_cast<std::uint8_t>(labels[k]);
        return t;
    }), expected));
}

TEST_CASE("trainer: a data set in double is not rounded on its way into a model in double") {
    const std::vector<double> x{1 + 1e-12, 1, 1 - 1e-12}, t{1e-12, 0, 1};
    const Dataset<Shape<1>, Number> data{x, t};
    Line a{Seed{1}}, b{Seed{1}};
    Trainer{a, MSE{}, SGD{.learning_rate = 0.1}}.fit(data, {.batch_size = 3, .shuffle = false, .progress = Show::nothing});
    Trainer trainer{b, MSE{}, SGD{.learning_rate = 0.1}};
    Loader loader{data, {.batch_size = 3, .shuffle = false}};
    for (auto batch : loader.epoch(0)) trainer.step(batch);
    CHECK(same_bits(numbers_of(a), numbers_of(b)));
}

TEST_CASE("trainer: evaluate is the mean over the samples, by their weights, for any number of threads") {
    const auto data = clusters<Four, double>(61, 3);
    Model<Small, Four, double> model{Seed{9}};
    const Trainer trainer{model, CrossEntropy{.label_smoothing = 0.2, .class_weights = {1, 3, 0.5}}, SGD{}};
    const auto y = model.predict(data);
    double loss = 0, weight = 0, right = 0;
    const std::array w{1.0, 3.0, 0.5};
    for (std::size_t i = 0; i < 61; ++i) {
        double total = 0;
        for (std::size_t k = 0; k < 3; ++k) total += std::exp(y(i, k));
        const auto c = static_cast<std::size_t>(data.labels()[i]);
        for (std::size_t k = 0; k < 3; ++k) loss -= w[k] * ((k == c ? 0.8 : 0) + 0.2 / 3) * (y(i, k) - std::log(total));
        weight += w[c];
        std::size_t best = 0;
        for (std::size_t k = 1; k < 3; ++k)
            if (y(i, k) > y(i, best)) best = k;
        right += best == c;
    }
    const Score score = trainer.evaluate(data);
    CHECK(score.loss == doctest::Approx(loss / weight).epsilon(1e-12));
    CHECK(score.accuracy == right / 61);
    CHECK(score.accuracy > 0);
    CHECK(score.accuracy < 1);
#if defined(_OPENMP)
    const int threads = omp_get_max_threads();
    for (const int n : {1, 2, 3, 8}) {
        omp_set_num_threads(n);
        CHECK(trainer.evaluate(data).loss == score.loss);
    }
    omp_set_num_threads(threads);
#endif
}

namespace {
// n samples of three steps of four numbers, and a class for each step.
using Steps = Shape<3, 4>;
using StepData = Dataset<Steps, Tokens<3, 3>>;
std::vector<int> step_labels(std::size_t n) {
    std::vector<int> labels;
    for (std::size_t i = 0; i < 3 * n; ++i) labels.push_back(static_cast<int>((i * 7 + i / 3) % 3));
    return labels;
}
StepData step_data(std::size_t n) { return {cluster_values<Steps, double>(n, 3), step_labels(n)}; }
Tensor<int, 2> step_tensor(std::size_t n) {
    const auto labels = step_labels(n);
    Tensor<int, 2> tensor({n, 3});
    std::copy(labels.begin(), labels.end(), tensor.data());
    return tensor;
}

// A loss of both reductions over one data set: in one step of no length, over all of it and in batches, and evaluated.
template <class Net, class Input> void check_reductions(const auto& data, const auto& x, const auto& targets, auto loss, double terms) {
    Model<Net, Input, double> model{Seed{4}};
    std::array<double, 2> of_step{}, evaluated{}, of_epoch{};
    double each = 0;
    for (const std::size_t i : {0U, 1U}) {
        loss.reduction = i == 0 ? Reduction::mean : Reduction::sum;
        Trainer trainer{model, loss, SGD{.learning_rate = 0}, {.threads = 2}};
        const Score score = trainer.step(x, targets);
        of_step[i] = score.loss;
        evaluated[i] = trainer.evaluate(data).loss;
        double batches = 0;
        const auto history = trainer.fit(data, {.batch_size = 10, .shuffle = false, .progress = Show::nothing,
                                                .on_batch = [&](const BatchReport& now) { batches += now.score.loss * (i == 0 ? static_cast<double>(now.samples) : 1); }});
        of_epoch[i] = history.last().training.loss;
        CHECK(of_epoch[i] == doctest::Approx(i == 0 ? batches / static_cast<double>(data.size()) : batches).epsilon(1e-12));
        for (const double l : losses(model, loss, data)) each += i == 0 ? 0 : l;
        if constexpr (is_classes<typename std::remove_cvref_t<decltype(data)>::Target>) {
            CHECK(score.accuracy == trainer.evaluate(data).accuracy);
            CHECK(score.accuracy == kiln::accuracy(model, data));
            CHECK((score.accuracy < 1 || data.size() == 1));
        } else {
            CHECK(std::isnan(score.accuracy));
        }
    }
    CHECK(of_step[1] == doctest::Approx(of_step[0] * terms).epsilon(1e-12));
    CHECK(of_step[1] == doctest::Approx(each).epsilon(1e-12));
    CHECK(of_epoch[1] == doctest::Approx(of_step[1]).epsilon(1e-12));
    for (const std::size_t i : {0U, 1U}) CHECK(evaluated[i] == doctest::Approx(of_step[i]).epsilon(1e-12));
}
}  // namespace

TEST_CASE("trainer: mean and sum of a loss, in a step, over an epoch, evaluated and sample by sample") {
    for (const std::size_t n : {1U, 8U, 61U}) {
        CAPTURE(n);
        const auto values = cluster_values<Four, double>(n, 3);
        const auto labels = cluster_labels(n, 3);
        double whole = 0, whole_steps = 0;
        const std::vector<double> w{1, 3, 0.5};
        for (const int c : labels) whole += w[static_cast<std::size_t>(c)];
        for (const int c : step_labels(n)) whole_steps += w[static_cast<std::size_t>(c)];
        const Dataset<Four, Label> classes{values, labels};
        check_reductions<Small, Four>(classes, tensor_of<Four>(values), labels, CrossEntropy{.label_smoothing = 0.2}, static_cast<double>(n));
        check_reductions<Small, Four>(classes, tensor_of<Four>(values), labels, CrossEntropy{.class_weights = w}, whole);
        const auto steps = tensor_of<Steps>(cluster_values<Steps, double>(n, 3));
        check_reductions<Small, Steps>(step_data(n), steps, step_tensor(n), CrossEntropy{}, static_cast<double>(3 * n));
        check_reductions<Small, Steps>(step_data(n), steps, step_tensor(n), CrossEntropy{.class_weights = w}, whole_steps);
        const auto goals = cluster_values<Shape<3>, double>(n, 2);
        check_reductions<Small, Four>(Dataset<Four, Shape<3>>{values, goals}, tensor_of<Four>(values), tensor_of<Shape<3>>(goals), MSE{}, static_cast<double>(3 * n));
    }
}

TEST_CASE("trainer: a class for each step, learned; and steps that do not fit are refused") {
    const StepData data = step_data(60);
    Model<Sequential<Linear<4, 20>, Tanh, Linear<20, 3>>, Steps> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.03}};
    const auto history = trainer.fit(data, {.epochs = 60, .batch_size = 20, .progress = Show::nothing});
    CHECK(history.epochs[0].training.accuracy < 0.6);
    CHECK(history.last().training.accuracy > 0.7);
    CHECK(trainer.evaluate(data).accuracy > 0.7);
    const auto said = [&](const auto& targets) { return message_of<DataError>([&] { trainer.step(make_batch<float, Steps>(2), targets); }); };
    CHECK(said(Tensor<int, 2>{{0, 1, 2}, {0, 3, 0}}) == "label 3 at step 1 of sample 1 is no class of the network: labels are whole numbers from 0 to 2");
    CHECK(said(Tensor<int, 2>{{0, 1}, {0, 0}}) == "the batch of targets is 2x2, expected n x 3 with one entry of the first axis for each sample");
    CHECK(said(Tensor<int, 2>{{0, 1, 2}}) == "the minibatch has 2 samples and 1 targets: give one target for each sample");
}

TEST_CASE("trainer: parameter groups have options and rates of their own") {
    const auto data = clusters<Four>(60, 3);
    const auto trained = [&](const auto& optimizer) {
        SmallModel model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, optimizer, {.schedule = StepDecay{.every = 1, .factor = 0.5}}};
        const auto history = trainer.fit(data, {.epochs = 2, .progress = Show::nothing});
        CHECK(history.last().learning_rate == 0.05);
        return numbers_of(model);
    };
    const SGD base{.learning_rate = 0.1, .momentum = 0.9};
    const auto plain = trained(base), none = numbers_of(SmallModel{Seed{1}});
    CHECK(same_bits(trained(ParameterGroups{base, group<"2">(base)}), plain));
    const auto found = trained(ParameterGroups{base, group<"0.bias">(SGD{.learning_rate = 0}), group<"2">(SGD{.learning_rate = 0.01})});
    SmallModel model{Seed{1}};
    model.visit([&](const std::string& name, auto view) {
        const auto at = static_cast<std::size_t>(view.data - model.parameters().data());
        CAPTURE(name);
        for (std::size_t i = at; i < at + view.size; ++i) {
            CHECK((found[i] == none[i]) == (name == "0.bias"));
            CHECK(found[i] != plain[i]);
        }
    });
    SmallModel other{Seed{1}};
    const auto make = [&](const auto& groups) { Trainer{other, CrossEntropy{}, groups}; };
    CHECK_THROWS_AS(make(ParameterGroups{base, group<"2">(SGD{.learning_rate = -1})}), OptionError);
    CHECK_THROWS_WITH_AS(Trainer(other, CrossEntropy{}, ParameterGroups{base, group<"2">(SGD{.learning_rate = 0.01})},
                                 {.schedule = [](double rate, Progress) { return rate - 0.05; }}).step(tensor_of<Four>(cluster_values<Four>(3, 3)), std::vector{0, 1, 2}),
                         "Trainer: the schedule's learning rate is -0.04, but must be 0 or positive, and finite", OptionError);
}

// tanh(w x) is 1 for an infinite x, and the loss is finite, but its gradient by w is 0 times infinity. Only the norm of the gradient
// tells before the step.
TEST_CASE("trainer: a gradient that is not finite stops training before the step where clip_norm is given") {
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{}, {.threads = 2, .clip_norm = 1}};
    auto x = tensor_of<Four>(cluster_values<Four>(20, 3));
    trainer.step(x, cluster_labels(20, 3));
    const auto before = numbers_of(model);
    x(7, 2) = std::numeric_limits<float>::infinity();
    CHECK(message_of<DivergenceError>([&] { trainer.step(x, cluster_labels(20, 3)); }) ==
          "the gradient of the loss is not finite in step 2: the parameters are as before that step; try a smaller learning rate, or clip_norm");
    CHECK(same_bits(numbers_of(model), before));
    CHECK(trainer.steps() == 1);
}

TEST_CASE("trainer: targets of a megabyte for each sample do not lie on the stack") {
    using Net = Sequential<Linear<1, 250'000>>;
    using Wide = Shape<250'000>;
    Model<Net, Shape<1>> model{Seed{1}, Constant{}};
    const Dataset<Shape<1>, Wide> data{std::vector<float>(2, 1), std::vector<float>(2 * Wide::size, 2)};
    Trainer trainer{model, MSE{}, SGD{.learning_rate = 0.1}, {.threads = 2}};
    const float bias = model.parameters()[250'000];
    CHECK(trainer.evaluate(data).loss > 0);
    CHECK(std::isfinite(trainer.fit(data, {.progress = Show::nothing}).last().training.loss));
    CHECK(model.parameters()[250'000] != bias);
}

TEST_CASE("trainer: a loss that is not finite stops training, and the parameters are as before that step") {
    const auto labels = cluster_labels(50, 3);
    for (const float poison : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto values = cluster_values<Four>(50, 3);
        values[4 * 33 + 2] = poison;
        values[4 * 33 + 1] = -poison;  // infinities of both signs, so that tanh does not swallow them
        const Dataset<Four, Label> data{values, labels};
        for (const std::size_t threads : {1U, 3U}) {
            SmallModel model{Seed{1}};
            Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.01}, {.threads = threads, .clip_norm = 1}};
            std::vector<float> before;
            const std::string message = message_of<DivergenceError>([&] {
                trainer.fit(data, {.epochs = 2, .batch_size = 10, .shuffle = false, .progress = Show::nothing,
                                   .on_batch = [&](const BatchReport&) { before = numbers_of(model); }});
            });
            CHECK(message == "the loss is not finite in epoch 1, batch 4: the parameters are as before that step; try a smaller learning rate, or clip_norm");
            CHECK(same_bits(numbers_of(model), before));
            CHECK(trainer.steps() == 3);

            const auto x = tensor_of<Four>(values);
            CHECK(contains(message_of<DivergenceError>([&] { trainer.step(x, labels); }), "the loss is not finite in step 4:"));
            CHECK(same_bits(numbers_of(model), before));

            // It goes on with sane data as if nothing had been.
            const auto sane = tensor_of<Four>(cluster_values<Four>(10, 3));
            trainer.step(sane, cluster_labels(10, 3));
            SmallModel other{Seed{1}};
            Trainer clean{other, CrossEntropy{}, Adam{.learning_rate = 0.01}, {.threads = threads, .clip_norm = 1}};
            clean.fit(data.take(30), {.batch_size = 10, .shuffle = false, .progress = Show::nothing});
            clean.step(sane, cluster_labels(10, 3));
            CHECK(same_bits(numbers_of(model), numbers_of(other)));
        }
    }
}

TEST_CASE("trainer: options out of range are refused") {
    const auto data = clusters<Four>(20, 3);
    const Dataset<Four, Label> none;
    SmallModel model{Seed{1}};
    const auto make = [&](const auto& optimizer, const TrainerOptions& options) { Trainer{model, CrossEntropy{}, optimizer, options}; };
    CHECK_THROWS_WITH_AS(make(SGD{}, {.shards = 3}), "Trainer: shards is 3, but must be a power of two up to 64", OptionError);
    CHECK_THROWS_AS(make(SGD{}, {.shards = 128}), OptionError);
    CHECK_THROWS_AS(make(SGD{}, {.clip_norm = -1}), OptionError);
    CHECK_THROWS_AS(make(SGD{}, {.clip_norm = not_a_number}), OptionError);
    CHECK_THROWS_AS(make(SGD{.learning_rate = -0.1}, {}), OptionError);
    CHECK_THROWS_AS(make(Adam{.learning_rate = not_a_number}, {}), OptionError);
    CHECK_THROWS_AS((Trainer{model, CrossEntropy{.class_weights = {1, 2}}, SGD{}}), OptionError);

    Trainer trainer{model, CrossEntropy{}, SGD{}};
    const auto before = numbers_of(model);
    const auto fit = [&](const auto& d, SmallOptions options) {
        options.progress = Show::nothing;
        return message_of<Error>([&] { trainer.fit(d, options); });
    };
    CHECK(fit(data, {.epochs = 0}) == "fit: epochs is 0, but must be at least 1");
    CHECK(fit(data, {.batch_size = 0}) == "fit: batch_size is 0, but must be at least 1");
    CHECK(fit(none, {}) == "the training set is empty: it needs at least one sample");
    CHECK(fit(data, {.validation = &none}) == "the validation set is empty: it needs at least one sample");
    CHECK(fit(data, {.clip_norm = -1.0}) == "fit: clip_norm is -1, but must be 0 (no limit) or positive");
    CHECK(fit(data, {.early_stopping = EarlyStopping{}}) == "fit: early_stopping watches the validation loss, but there is no validation set: give .validation");
    CHECK(fit(data, {.validation = &data, .early_stopping = EarlyStopping{.patience = 0}}) == "fit: early_stopping.patience is 0, but must be at least 1");
    CHECK(contains(fit(data, {.validation = &data, .early_stopping = EarlyStopping{.minimum_gain = -1}}), "early_stopping.minimum_gain is -1"));
    const Dataset<Four, Label> foreign{std::vector<float>(8), std::vector{1, 7}};
    CHECK(fit(foreign, {}) == "the training set has the label 7, but the network has 3 classes, 0 to 2");
    CHECK(fit(data, {.validation = &foreign}) == "the validation set has the label 7, but the network has 3 classes, 0 to 2");
    CHECK_THROWS_AS(trainer.evaluate(none), DataError);
    CHECK_THROWS_AS(trainer.evaluate(foreign), DataError);
    Loader loader{foreign};
    for (auto batch : loader.epoch(0)) CHECK_THROWS_AS(trainer.step(batch), DataError);
    CHECK_THROWS_AS(trainer.step(Batch<Dataset<Four, Label>>{data, {}}), DataError);
    CHECK(same_bits(numbers_of(model), before));
    CHECK(trainer.steps() == 0);
}

TEST_CASE("trainer: a step says what was found and what was expected") {
    SmallModel model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{}};
    const auto said = [&](const auto& x, const auto& targets) { return message_of<DataError>([&] { trainer.step(x, targets); }); };
    const auto x = make_batch<float, Four>(3);
    CHECK(said(make_batch<float, Shape<5>>(3), std::vector{0, 1, 2}) == "the batch of samples is 3x5, expected n x 4 with one entry of the first axis for each sample");
    CHECK(said(x, std::vector{0, 1}) == "the minibatch has 3 samples and 2 targets: give one target for each sample");
    CHECK(said(make_batch<float, Four>(0), std::vector<int>{}) == "the minibatch is empty: a step needs at least one sample");
    CHECK(said(x, std::vector{0, 3, 1}) == "label 3 of sample 1 is no class of the network: labels are whole numbers from 0 to 2");
    CHECK(said(x, std::vector{0, -1, 1}) == "label -1 of sample 1 is no class of the network: labels are whole numbers from 0 to 2");
    Line line{Seed{1}};
    Trainer regression{line, MSE{}, SGD{}};
    const Tensor<double, 2> one{{1}}, two{{1, 2}};
    CHECK(contains(message_of<DataError>([&] { regression.step(one, two); }), "the batch of targets is 1x2, expected n x 1"));
}

// On tensors of the model's own type, on a data set, and in fit; with one thread and with a team of the same size each time.
TEST_CASE("trainer: a step allocates nothing once it has seen a minibatch of that size") {
    const auto data = clusters<Four>(270, 3);
    const auto x = tensor_of<Four>(cluster_values<Four>(100, 3));
    const auto labels = cluster_labels(100, 3);
    {
        const std::size_t before = allocations();
        std::vector<int> some(10);
        const std::size_t after = allocations();
        CHECK(after == before + 1);  // the count counts
        CHECK(some[3] == 0);
    }
    for (const std::size_t threads : {1U, 2U, 3U}) {
        CAPTURE(threads);
        SmallModel model{Seed{1}};
        Trainer trainer{model, CrossEntropy{.class_weights = {1, 2, 3}}, ParameterGroups{Adam{}, group<"bias">(Adam{.learning_rate = 0.1})},
                        {.threads = threads, .clip_norm = 0.1, .schedule = Cosine{}, .steps = 100}};
        const auto none_in = [&](auto f) {
            f();
            const std::size_t before = allocations();
            for (int i = 0; i < 5; ++i) f();
            return allocations() - before;
        };
        CHECK(none_in([&] { trainer.step(x, labels); }) == 0);
        Loader loader{data, {.batch_size = 100}};
        CHECK(none_in([&] { for (auto batch : loader.epoch(0)) trainer.step(batch); }) == 0);
        std::vector<std::size_t> counts(9);
        std::size_t at = 0;
        trainer.fit(data, {.epochs = 3, .batch_size = 100, .validation = &data, .progress = Show::lines,
                           .on_batch = [&](const BatchReport&) { counts[at++] = allocations(); }});
        CHECK(counts[1] == counts[0]);
        CHECK(counts[2] == counts[0]);
        for (std::size_t later = 4; later < 9; ++later) CHECK(counts[later] == counts[3]);  // the first epoch's evaluation made room
    }
    {
        Model<Small, Steps> model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, SGD{}, {.threads = 1}};
        const auto steps = tensor_of<Steps>(cluster_values<Steps>(10, 3));
        const auto classes = step_tensor(10);
        trainer.step(steps, classes);
        const std::size_t before = allocations();
        trainer.step(steps, classes);
        CHECK(allocations() == before);
    }
    Line line{Seed{1}};
    Trainer regression{line, MSE{}, SGD{}, {.threads = 1}};
    const Tensor<double, 2> one{{1}};
    regression.step(one, one);
    const std::size_t before = allocations();
    regression.step(one, one);
    CHECK(allocations() == before);
}

TEST_CASE("trainer: it works in memory of the user's, or in itself, to the same bits; and says where that is too little") {
    const auto data = clusters<Four>(100, 3);
    const SmallOptions options{.epochs = 3, .batch_size = 32, .progress = Show::nothing};
    const auto train = [&](auto storage) {
        SmallModel model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, Adam{}, {.threads = 2}, storage};
        trainer.fit(data, options);
        trainer.step(tensor_of<Four>(cluster_values<Four>(9, 3)), cluster_labels(9, 3));
        return numbers_of(model);
    };
    constexpr std::size_t model_bytes = numbers_memory<Small, Four, float>().bytes, needed = training_bytes<Small, Four, Adam>(32, 2) - model_bytes;
    alignas(memory_alignment) std::array<std::byte, needed> bytes;
    const auto expected = train(Heap{});
    CHECK(same_bits(train(Borrowed{bytes}), expected));
    CHECK(same_bits(train(Static<needed>{}), expected));
    const std::string message = message_of<OptionError>([&] { train(Borrowed{std::span{bytes}.first(needed - 1)}); });
    CHECK(message == "Trainer: a minibatch of 32 on 2 threads and 8 shards takes " + std::to_string(needed) + " bytes, but the storage has " +
                         std::to_string(needed - 1) + ": give it more, or take less of them");
}

TEST_CASE("training draws a crop's shift anew for every step, the same for any number of threads; evaluation sees the middle") {
    using Net = Sequential<Flatten, Linear<16, 3>>;
    const auto wide = clusters<Shape<1, 6, 6>>(40, 3);
    const auto moving = wide.cropped<4, 4>({.shift = 1}), still = wide.cropped<4, 4>();
    const auto train = [&](const auto& data, std::size_t threads, std::uint64_t seed, std::size_t epochs) {
        Model<Net, Shape<1, 4, 4>> model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}, {.threads = threads, .seed = seed}};
        trainer.fit(data, {.epochs = epochs, .batch_size = 40, .shuffle = false, .progress = Show::nothing});
        CHECK(trainer.evaluate(moving).loss == trainer.evaluate(still).loss);
        return numbers_of(model);
    };
    CHECK(same_bits(train(moving, 1, 5, 3), train(moving, 2, 5, 3)));
    CHECK_FALSE(same_bits(train(moving, 1, 5, 3), train(moving, 1, 6, 3)));
    CHECK_FALSE(same_bits(train(moving, 1, 5, 1), train(still, 1, 5, 1)));

    // Two steps at a rate of 0 have the same parameters, so that only what is drawn can change their losses.
    Model<Net, Shape<1, 4, 4>> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, SGD{.learning_rate = 0}, {.seed = 5}};
    std::vector<double> losses;
    trainer.fit(moving, {.epochs = 2, .batch_size = 40, .shuffle = false, .progress = Show::nothing,
                         .on_batch = [&](const BatchReport& now) { losses.push_back(now.score.loss); }});
    CHECK(losses[0] != losses[1]);
}
