#include <doctest/doctest.h>
#include <vector>
#include "kiln/layers/identity.hpp"
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
}
