#include <doctest/doctest.h>
#include "kiln/compose/sum.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/branches.hpp"
#include "support/constant.hpp"

using namespace kiln;

TEST_CASE("Sum: branches of every kind, in memory they share") {
    using Deep = Sequential<Linear<4, 6>, Tanh, Linear<6, 4>>;
    check_sum<Deep, Linear<4, 4>, Sum<Deep, Linear<4, 4>>, Shape<3, 4>>();
    check_sum<Deep, Identity, Sum<Deep, Identity>, Shape<3, 4>>();
    check_sum<Identity, Deep, Sum<Identity, Deep>, Shape<3, 4>>();
    check_sum<Tanh, Softmax, Sum<Tanh, Softmax>, Shape<5>>();  // both read their y again
    check_sum<ReLU, Tanh, Sum<ReLU, Tanh>, Shape<5>>();
    check_derivative<Sum<Linear<3, 2>, Sequential<Linear<3, 2>, Tanh>, Linear<3, 2>>, Shape<3>>();
    check_derivative<Sum<Linear<3, 3>>, Shape<3>>();
}

TEST_CASE("Sum: branches that disagree, in the user's words") {
    CHECK(network_fault<Sum<Linear<4, 3>, Linear<4, 2>>, Shape<4>>.view() ==
          "Sum adds branches of one shape, but layer 0 Linear<4,3> gives 3 and layer 1 Linear<4,2> gives 2");
}

static_assert(right_as_constant<Sum<Linear<3, 3>, Identity>, Shape<3>>);
