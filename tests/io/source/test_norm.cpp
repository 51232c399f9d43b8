#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("norms: of rows, of all of an image, of groups, of channels, learned or not") {
    using Net = Sequential<BatchNorm<4>, LayerNorm<4, 3, 6>, GroupNorm<2, 4>, Tanh, GroupNorm<4, 4, GroupNormOptions{.eps = 1e-3, .affine = false}>, RMSNorm<6>,
                           LayerNorm<6, LayerNormOptions{.eps = 1e-2, .affine = false}>, RMSNorm<3, 6, RMSNormOptions{.affine = false}>,
                           BatchNorm<4, BatchNormOptions{.affine = false}>>;
    Model<Net, Shape<4, 3, 6>> model{Seed{1}};
    scramble(model);
    check_exported(model);
}
