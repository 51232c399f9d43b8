#include <doctest/doctest.h>
#include <vector>
#include "kiln/layers/identity.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/losses/nll.hpp"
#include "kiln/model/metrics.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::contains, kiln_test::message_of;

namespace {
// The outputs are the samples themselves.
using Scores = Model<Identity, Shape<3>>;
const std::vector<float> scores{
    0, 1, 2,   // 2, 1, 0
    5, 1, 2,   // 0, 2, 1
    1, 3, 3,   // 1, 2, 0: of equals the first
    9, 8, 7};  // 0, 1, 2
const Dataset<Shape<3>, Label> data{scores, std::vector{2, 1, 2, 0}};
const Scores model{Seed{1}};
}  // namespace

TEST_CASE("metrics: accuracy, and top-k accuracy") {
    CHECK(accuracy(model, data) == 0.5);
    CHECK(top_k_accuracy(model, data, 1) == 0.5);
    CHECK(top_k_accuracy(model, data, 2) == 0.75);
    CHECK(top_k_accuracy(model, data, 3) == 1);
    CHECK(top_k_accuracy(model, data, 100) == 1);
    CHECK_THROWS_WITH_AS(top_k_accuracy(model, data, 0), "top_k_accuracy: k is 0, but must be at least 1", OptionError);
}

TEST_CASE("metrics: accuracy of a label for each step") {
    const Model<Identity, Shape<2, 3>> steps{Seed{1}};
    const Dataset<Shape<2, 3>, Tokens<2, 3>> two{scores, std::vector{2, 1, 2, 0}};  // the same rows, two to a sample
    CHECK(accuracy(steps, two) == 0.5);
    CHECK(top_k_accuracy(steps, two, 2) == 0.75);
}

// PyTorch's values are in tests/golden/test_loss.cpp.
TEST_CASE("metrics: the loss of every sample, over many tiles and in its order") {
    std::vector<float> y, t;
    std::vector<int> labels;
    for (int i = 0; i < 100; ++i) {
        for (int k = 0; k < 3; ++k) y.push_back(static_cast<float>(-i)), t.push_back(static_cast<float>(1 - i + k));
        labels.push_back(i % 3);
    }
    const auto mean = losses(model, MSE{}, Dataset<Shape<3>, Shape<3>>{y, t});
    const auto sum = losses(model, MSE{.reduction = Reduction::sum}, Dataset<Shape<3>, Shape<3>>{y, t});
    const auto classes = losses(model, NLL{.class_weights = {1, 2, 4}}, Dataset<Shape<3>, Label>{y, labels});
    REQUIRE(mean.shape() == std::array<std::size_t, 1>{100});
    for (std::size_t i = 0; i < 100; ++i) {
        CHECK(mean(i) == doctest::Approx((1 + 4 + 9) / 3.0));
        CHECK(sum(i) == 1 + 4 + 9);
        CHECK(classes(i) == static_cast<float>(i) * std::array{1.0F, 2.0F, 4.0F}[i % 3]);
    }
    CHECK_THROWS_WITH_AS(losses(model, NLL{.class_weights = {1}}, data), "NLL: the number of class_weights is 1, but must be the network's number of classes, 3", OptionError);
}

TEST_CASE("metrics: the confusion matrix has the true class's row and the answer's column") {
    const auto counts = confusion_matrix(model, data);
    const Tensor<std::size_t, 2> expected{{1, 0, 0}, {1, 0, 0}, {0, 1, 1}};
    CHECK(counts == expected);
    std::vector<float> many;
    std::vector<int> labels;
    for (int i = 0; i < 100; ++i) {
        many.insert(many.end(), scores.begin(), scores.end());
        labels.insert(labels.end(), {2, 1, 2, 0});
    }
    const Dataset<Shape<3>, Label> larger{many, labels};  // over many tiles and threads
    const Tensor<std::size_t, 2> hundredfold = 100 * expected;
    CHECK(confusion_matrix(model, larger) == hundredfold);
    CHECK(accuracy(model, larger) == 0.5);
}

TEST_CASE("metrics: data that does not fit is refused") {
    const Dataset<Shape<3>, Label> none, foreign{scores, std::vector{0, 1, 2, 3}};
    CHECK(contains(message_of<DataError>([&] { accuracy(model, none); }), "is empty"));
    CHECK(contains(message_of<DataError>([&] { confusion_matrix(model, none); }), "is empty"));
    CHECK(message_of<DataError>([&] { top_k_accuracy(model, foreign, 1); }) == "the data set has the label 3, but the network has 3 classes, 0 to 2");
    CHECK_THROWS_AS(confusion_matrix(model, foreign), DataError);
    CHECK_THROWS_AS(losses(model, CrossEntropy{}, none), DataError);
    CHECK_THROWS_AS(losses(model, CrossEntropy{}, foreign), DataError);
}
