#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/avg_pool1d.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/max_pool1d.hpp"
#include "kiln/layers/repeat_channels.hpp"
#include "kiln/layers/upsample.hpp"
#include "support/golden.hpp"

using namespace kiln;

TEST_CASE_TEMPLATE("MaxPool and MaxPool1d: PyTorch's values", T, float, double) {
    check_golden<MaxPool<2>, Shape<2, 4, 5>, T>("pooling", "max");
    check_golden<MaxPool<3, 2, 1>, Shape<2, 5, 4>, T>("pooling", "max_overlapping");
    check_golden<MaxPool<Extent2{2, 3}, Extent2{1, 2}, Extent2{1, 0}>, Shape<2, 3, 5>, T>("pooling", "max_rectangular");
    check_golden<MaxPool1d<2>, Shape<2, 7>, T>("pooling", "max1d");
    check_golden<MaxPool1d<4, 2, 2>, Shape<2, 7>, T>("pooling", "max1d_overlapping");
}

TEST_CASE_TEMPLATE("AvgPool and AvgPool1d: PyTorch's values", T, float, double) {
    check_golden<AvgPool<2>, Shape<2, 4, 5>, T>("pooling", "avg");
    check_golden<AvgPool<3, 2, 1>, Shape<2, 5, 4>, T>("pooling", "avg_overlapping");
    check_golden<AvgPool<Extent2{2, 3}, Extent2{1, 2}, Extent2{1, 0}>, Shape<2, 3, 5>, T>("pooling", "avg_rectangular");
    check_golden<AvgPool<3, 2, 1, CountIncludePad::no>, Shape<2, 5, 4>, T>("pooling", "avg_not_counted");
    check_golden<AvgPool1d<2>, Shape<2, 7>, T>("pooling", "avg1d");
    check_golden<AvgPool1d<4, 2, 2>, Shape<2, 7>, T>("pooling", "avg1d_overlapping");
    check_golden<AvgPool1d<4, 2, 2, CountIncludePad::no>, Shape<2, 7>, T>("pooling", "avg1d_not_counted");
}

TEST_CASE_TEMPLATE("Upsample: PyTorch's values", T, float, double) {
    check_golden<Upsample<2>, Shape<2, 2, 3>, T>("pooling", "nearest");
    check_golden<Upsample<Extent2{3, 2}>, Shape<2, 2, 3>, T>("pooling", "nearest_rectangular");
    check_golden<Upsample<2, Interpolation::bilinear>, Shape<2, 3, 2>, T>("pooling", "bilinear");
    check_golden<Upsample<Extent2{3, 2}, Interpolation::bilinear>, Shape<2, 1, 3>, T>("pooling", "bilinear_rectangular");
}

TEST_CASE_TEMPLATE("RepeatChannels: PyTorch's values", T, float, double) {
    check_golden<RepeatChannels<3>, Shape<2, 2, 3>, T>("pooling", "repeat");
    check_golden<RepeatChannels<2>, Shape<5>, T>("pooling", "repeat_features");
}
