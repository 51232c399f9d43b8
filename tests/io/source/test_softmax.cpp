#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("Softmax and LogSoftmax, of every row, of numbers large and small") {
    Model<Concat<Sequential<Linear<5, 7>, Softmax>, Sequential<Linear<5, 7>, LogSoftmax>>, Shape<3, 5>> model{Seed{1}};
    scramble(model);
    for (float& w : model.parameters()) w *= 10;
    check_exported(model);
}
