#include <doctest/doctest.h>
#include "kiln/compose/branches.hpp"
#include "kiln/compose/concat.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/sum.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/branches.hpp"

using namespace kiln;

TEST_CASE("Branches: their multiply-adds are added, and dx's only where it is wanted") {
    using Two = Branches<Linear<4, 6>, Linear<4, 3>>;
    static_assert(Two::multiply_adds<Shape<5, 4>> == 5 * (4 * 6 + 4 * 3));
    static_assert(Two::backward_multiply_adds<Shape<5, 4>, false> == 5 * (4 * 6 + 4 * 3));
    static_assert(Two::backward_multiply_adds<Shape<5, 4>, true> == 2 * 5 * (4 * 6 + 4 * 3));
    static_assert(Branches<Identity, Linear<4, 4>>::multiply_adds<Shape<4>> == 16);
}

TEST_CASE("Branches: each must accept the input, and the first says what it takes") {
    static_assert(Branches<Linear<4, 6>, Linear<4, 3>>::all_accept<Shape<4>>);
    static_assert(!Branches<Linear<4, 6>, Linear<5, 3>>::all_accept<Shape<4>>);
    static_assert(Branches<Linear<4, 6>, Tanh>::takes.features == 4);
}

TEST_CASE("Branches: the first fault of a branch is told, with the way to it") {
    CHECK(network_fault<Sum<Identity, Sequential<Tanh, Linear<5, 4>>>, Shape<4>>.view() ==
          "layer 1.1 Linear<5,4> expects 5 features, but layer 1.0 Tanh gives 4");
}

TEST_CASE("Branches: dx is the sum of the branches' dx, that of an identity without a copy") {
    check_derivative<Concat<Identity, Linear<3, 2>, Identity, Tanh>, Shape<3>>();
    check_derivative<Sum<Linear<3, 3>, Identity, Identity>, Shape<3>>();
}
