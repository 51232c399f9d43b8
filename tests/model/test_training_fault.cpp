#include <doctest/doctest.h>
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/model/training_fault.hpp"
#include "kiln/optim/adam.hpp"

using namespace kiln;

namespace {
template <class Net, class In, class Loss> constexpr auto loss_fault = detail::loss_fault<detail::NetworkOf<Net, In>, Loss>.view();
template <class Net, class In, class Loss, class Optimizer> constexpr auto learning_fault = detail::learning_fault<Net, In, Loss, Optimizer>.view();
}  // namespace

TEST_CASE("a loss and a network that do not go together") {
    static_assert(loss_fault<Linear<4, 3>, Shape<4>, CrossEntropy>.empty());
    static_assert(loss_fault<Linear<4, 3>, Shape<2, 4>, CrossEntropy>.empty());  // one of three classes for each of two steps
    CHECK(loss_fault<Sequential<Linear<4, 3>, Softmax>, Shape<4>, CrossEntropy> ==
          "the network ends in Softmax, but CrossEntropy takes logits and applies softmax itself: remove the last layer");
    CHECK(loss_fault<Sequential<Sequential<Linear<4, 3>, Softmax>>, Shape<4>, CrossEntropy>.starts_with("the network ends in Softmax, but CrossEntropy"));
    static_assert(loss_fault<Sequential<Linear<4, 3>, Softmax>, Shape<4>, MSE>.empty());
}

TEST_CASE("a network, a loss and an optimiser that do not train together") {
    static_assert(detail::Learns<Linear<4, 3>, Shape<4>, CrossEntropy, Adam> && learning_fault<Linear<4, 3>, Shape<4>, CrossEntropy, Adam>.empty());
    static_assert(!detail::Learns<Linear<4, 3>, Shape<5>, CrossEntropy, Adam>);
    CHECK(learning_fault<Linear<4, 3>, Shape<5>, CrossEntropy, Adam> == "Linear<4,3> expects 4 features, but the input gives 5");
    CHECK(learning_fault<Linear<4, 1>, Shape<4>, CrossEntropy, Adam> == "CrossEntropy expects a row of 2 or more classes, or one for each step, but the network gives 1");
    CHECK(learning_fault<Linear<4, 3>, Shape<4>, Adam, CrossEntropy>.find("is no loss: kiln::CrossEntropy{} or kiln::MSE{} is one") != std::string_view::npos);
    CHECK(learning_fault<Linear<4, 3>, Shape<4>, MSE, CrossEntropy>.find("is no optimiser: kiln::Adam{} or kiln::SGD{} is one") != std::string_view::npos);
    CHECK(learning_fault<ReLU, Shape<4>, MSE, Adam> == "the network has no parameters to train: it has no layer with any that is not Frozen");
}
