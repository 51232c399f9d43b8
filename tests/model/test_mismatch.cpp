#include <doctest/doctest.h>
#include <vector>
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/model/mismatch.hpp"
#include "kiln/model/model.hpp"

using namespace kiln;

namespace {
template <class Net, class In, class Loss> constexpr auto loss_fault = detail::loss_fault<Model<Net, In>, Loss>.view();
template <class Data, class Wanted> constexpr auto data_fault = detail::data_fault<Data, Wanted>.view();
}  // namespace

TEST_CASE("a loss and a network that do not go together") {
    static_assert(loss_fault<Linear<4, 3>, Shape<4>, CrossEntropy>.empty());
    static_assert(loss_fault<Linear<4, 3>, Shape<2, 4>, CrossEntropy>.empty());  // one of three classes for each of two steps
    CHECK(loss_fault<Sequential<Linear<4, 3>, Softmax>, Shape<4>, CrossEntropy> ==
          "the network ends in Softmax, but CrossEntropy takes logits and applies softmax itself: remove the last layer");
    CHECK(loss_fault<Sequential<Sequential<Linear<4, 3>, Softmax>>, Shape<4>, CrossEntropy>.starts_with("the network ends in Softmax, but CrossEntropy"));
    static_assert(loss_fault<Sequential<Linear<4, 3>, Softmax>, Shape<4>, MSE>.empty());
}

TEST_CASE("a data set of another input, or with other targets") {
    using Wanted = Dataset<Shape<4>, Label>;
    static_assert(data_fault<Wanted, Wanted>.empty());
    CHECK(data_fault<Dataset<Shape<1, 2, 2>, Label>, Wanted> == "the data set has samples of 1x2x2 = 4, but the model takes 4");
    CHECK(data_fault<Dataset<Shape<4>, Shape<3>>, Wanted> == "the data set has 3 numbers as targets, but the loss takes labels");
    CHECK(data_fault<Dataset<Shape<4>, Shape<1>>, Wanted> == "the data set has 1 number as targets, but the loss takes labels");
    CHECK(data_fault<Wanted, Dataset<Shape<4>, Tokens<5, 3>>> == "the data set has labels as targets, but the loss takes one of 3 classes for each of 5 steps");
}
