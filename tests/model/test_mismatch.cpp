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
template <class Data, class Wanted> constexpr auto data_fault = detail::data_fault<Data, Wanted>.view();
}  // namespace

TEST_CASE("a data set of another input, or with other targets") {
    using Wanted = Dataset<Shape<4>, Label>;
    static_assert(data_fault<Wanted, Wanted>.empty());
    CHECK(data_fault<Dataset<Shape<1, 2, 2>, Label>, Wanted> == "the data set has samples of 1x2x2 = 4, but the model takes 4");
    CHECK(data_fault<Dataset<Shape<4>, Shape<3>>, Wanted> == "the data set has 3 numbers as targets, but the loss takes labels");
    CHECK(data_fault<Dataset<Shape<4>, Shape<1>>, Wanted> == "the data set has 1 number as targets, but the loss takes labels");
    CHECK(data_fault<Wanted, Dataset<Shape<4>, Tokens<5, 3>>> == "the data set has labels as targets, but the loss takes one of 3 classes for each of 5 steps");
}
