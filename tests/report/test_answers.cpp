#include <doctest/doctest.h>
#include <cmath>
#include <vector>
#include "kiln/layers/identity.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/report/answers.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// The outputs are the samples themselves.
using Scores = Model<Identity, Shape<3>>;
const std::vector<float> scores{
    0, 1, 2,    // 2
    5, 1, 2,    // 0
    1, 3, 3,    // 1: of equals the first
    9, 8, 7};   // 0
const Dataset<Shape<3>, Label> data{scores, std::vector{2, 1, 2, 0}};
const Scores model{Seed{1}};
std::vector<std::size_t> samples(const std::vector<Answer>& list) {
    std::vector<std::size_t> result;
    for (const Answer& a : list) result.push_back(a.sample);
    return result;
}
}  // namespace

TEST_CASE("answers: prediction, label and their softmax") {
    const auto all = answers(model, data);
    REQUIRE(all.size() == 4);
    const auto softmax = [](double k, double a, double b, double c) { return std::exp(k) / (std::exp(a) + std::exp(b) + std::exp(c)); };
    for (std::size_t i = 0; i < 4; ++i) CHECK(all[i].sample == i);
    CHECK((all[0].prediction == 2 && all[1].prediction == 0 && all[2].prediction == 1 && all[3].prediction == 0));
    CHECK((all[0].right() && !all[1].right() && !all[2].right() && all[3].right()));
    CHECK(all[1].label == 1);
    CHECK(all[1].probability == doctest::Approx(softmax(5, 5, 1, 2)).epsilon(1e-14));
    CHECK(all[1].label_probability == doctest::Approx(softmax(1, 5, 1, 2)).epsilon(1e-14));
    CHECK(all[2].probability == all[2].label_probability);
    CHECK(right_answers(all) == 2);
    CHECK(confusion_of(all, 3) == confusion_matrix(model, data));

    // The worst gave its label 2 % (sample 1), the other 49 %.
    CHECK(samples(mistakes(all, 10)) == std::vector<std::size_t>{1, 2});
    CHECK(samples(mistakes(all, 1)) == std::vector<std::size_t>{1});
    CHECK(mistakes(all, 0).empty());
    const auto reversed = answers(model, data.subset(std::vector{3, 2, 1, 0}));
    CHECK(samples(mistakes(reversed, 10)) == std::vector<std::size_t>{2, 1});
    CHECK(samples(mistakes(reversed, 10, Mistakes::first)) == std::vector<std::size_t>{1, 2});
}

TEST_CASE_TEMPLATE("answers: of more samples than are looked at together, what the model itself says", T, float, double) {
    const Model<kiln_test::Small, Four, T> net{Seed{5}};
    const auto many = clusters<Four, T>(9001, 3);
    const auto all = answers(net, many);
    const auto p = net.probabilities(many);
    const auto labels = net.classify(many);
    REQUIRE(all.size() == 9001);
    bool same = true, near = true;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& a = all[i];
        same = same && a.sample == i && a.prediction == static_cast<std::size_t>(labels(i)) && a.label == i % 3;
        near = near && std::abs(a.probability - static_cast<double>(p(i, a.prediction))) < 1e-6 &&
               std::abs(a.label_probability - static_cast<double>(p(i, a.label))) < 1e-6;
    }
    CHECK(same);
    CHECK(near);
    CHECK(static_cast<double>(right_answers(all)) / 9001 == accuracy(net, many));
    CHECK(confusion_of(all, 3) == confusion_matrix(net, many));
}

TEST_CASE("answers: a network that ends in Softmax gives the probabilities itself") {
    const Model<Softmax, Shape<3>> ends{Seed{1}};
    const auto all = answers(ends, data), plain = answers(model, data);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(all[i].prediction == plain[i].prediction);
        CHECK(all[i].probability == doctest::Approx(plain[i].probability).epsilon(1e-6));
    }
}

TEST_CASE("answers: data that does not fit is refused") {
    const Dataset<Shape<3>, Label> none, foreign{scores, std::vector{0, 1, 2, 3}};
    CHECK(contains(message_of<DataError>([&] { answers(model, none); }), "is empty"));
    CHECK(contains(message_of<DataError>([&] { answers(model, foreign); }), "has the label 3, but the network has 3 classes"));
}
