#include <doctest/doctest.h>
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/avg_pool1d.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/global_avg_pool.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/max_pool1d.hpp"
#include "support/one_sample.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("one sample: a convolution") {
    agrees<Conv<1, 6, 5>, Shape<1, 28, 28>>();
    agrees_in_both<Conv<6, 16, 5>, Shape<6, 12, 12>>();
    agrees<Conv<1, 8, 3, 1, 1>, Shape<1, 28, 28>>();
    agrees<Conv<3, 5, 3, 1, 1>, Shape<3, 7, 9>>();
    agrees_in_both<Conv<3, 5, 3, 2, 1>, Shape<3, 9, 13>>();
    agrees<Conv<1, 64, 4, 4>, Shape<1, 28, 28>>();
    agrees<Conv<16, 120, 4>, Shape<16, 4, 4>>();
    agrees<Conv<8, 1, 1>, Shape<8, 28, 28>>();
    agrees<Conv<5, 7, 1>, Shape<5, 3, 2>>();
    agrees<Conv<2, 3, Extent2{1, 9}>, Shape<2, 1, 30>>();
    agrees<Conv<4, 8, Kernel{.height = 3, .width = 2, .dilation = 2, .groups = 4, .bias = false}, 1, Extent2{1, 2}>, Shape<4, 11, 17>>();
    agrees_in_both<Conv<4, 4, Kernel{.height = 3, .groups = 4}, 1, 1>, Shape<4, 6, 10>>();
    agrees<Conv<4, 32, Kernel{.height = 3, .groups = 2}, 2, 1>, Shape<4, 6, 5>>();
    agrees<Conv<2, 17, Kernel{.height = 2, .dilation = Extent2{2, 3}}, Extent2{2, 1}, Extent2{0, 3}>, Shape<2, 7, 5>>();
    agrees<Conv<3, 11, 2>, Shape<3, 5, 4>>();
    agrees<Conv1d<3, 5, 3, 1, 1>, Shape<3, 17>>();
    agrees<Conv1d<4, 16, Kernel1d{.size = 3, .dilation = 2, .groups = 2}, 2, 3>, Shape<4, 9>>();
    agrees<ConvTranspose<3, 4, 3, 2, 1>, Shape<3, 5, 4>>();
}

TEST_CASE("one sample: pools") {
    agrees<MaxPool<2>, Shape<6, 24, 24>>();
    agrees_in_both<MaxPool<2>, Shape<3, 7, 11>>();
    agrees<MaxPool<3, 2, 1>, Shape<2, 9, 8>>();
    agrees<AvgPool<2>, Shape<6, 24, 24>>();
    agrees_in_both<AvgPool<2>, Shape<2, 5, 37>>();
    agrees<AvgPool<2>, Shape<3, 8, 8>>();
    agrees<AvgPool<3, 2, 1, CountIncludePad::no>, Shape<2, 9, 8>>();
    agrees<AvgPool<Extent2{1, 2}>, Shape<2, 3, 20>>();
    agrees<MaxPool1d<2>, Shape<3, 9>>();
    agrees<AvgPool1d<3, 1, 1>, Shape<2, 9>>();
    agrees<GlobalAvgPool, Shape<3, 5, 7>>();
}
