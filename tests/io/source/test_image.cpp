#include <doctest/doctest.h>
#include "kiln/layers/reshape.hpp"
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("layers that move an image's numbers") {
    using Net = Sequential<Reshape<2, 3, 4>, Upsample<2>, Upsample<Extent2{3, 1}, Interpolation::bilinear>, Conv<2, 2, 3>, Upsample<Extent2{1, 4}, Interpolation::bilinear>,
                           RepeatChannels<3>, ToTokens>;
    Model<Net, Shape<24>> model{Seed{1}};
    scramble(model);
    check_exported(model);
}
