#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("Linear: of one row and of several, with and without a bias, of any number of inputs") {
    Model<Sequential<Linear<5, 9>, Linear<9, 3, Bias::none>, Flatten, Linear<12, 1>>, Shape<4, 5>> model{Seed{1}};
    scramble(model);
    CHECK(contains(check_exported(model), "layers::linear<4, 9, 3>(memory, weights::layer1_weight, weights::layer1_bias, memory + 36);"));
}

TEST_CASE("Linear takes over a BatchNorm of its outputs, but not one of its rows") {
    Model<Sequential<Linear<5, 4>, BatchNorm<3>, Flatten, Linear<12, 6, Bias::none>, BatchNorm<6>, ReLU>, Shape<3, 5>> model{Seed{1}};
    scramble(model);
    const std::string text = check_exported(model);
    CHECK(contains(text, "layers::rescale<3, 4>"));
    CHECK(!contains(text, "layers::rescale<6, 1>"));
    CHECK(contains(text, "weights::layer3_bias"));
}
