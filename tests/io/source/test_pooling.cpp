#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("pools: windows that overlap, that leave rows over, with padding that counts or not, and of the whole channel") {
    using Net = Sequential<Conv<1, 4, 3>, MaxPool<3, 2, 1>, AvgPool<3, 1, 1>, AvgPool<Extent2{3, 2}, 1, Extent2{1, 0}, CountIncludePad::no>, MaxPool<2>,
                           Concat<Sequential<Flatten, Linear<36, 4>>, GlobalAvgPool>>;
    Model<Net, Shape<1, 15, 16>> model{Seed{1}};
    scramble(model);
    check_exported(model);
}
