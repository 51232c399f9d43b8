#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/group_norm.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/rms_norm.hpp"
#include "support/golden.hpp"

using namespace kiln;

TEST_CASE_TEMPLATE("BatchNorm: PyTorch's values, the running statistics with them", T, float, double) {
    check_golden<BatchNorm<3>, Shape<3>, T>("norm", "batch_features");
    check_golden<BatchNorm<2>, Shape<2, 3>, T>("norm", "batch_signal");
    check_golden<BatchNorm<3>, Shape<3, 2, 3>, T>("norm", "batch_image");
    check_golden<BatchNorm<2, BatchNormOptions{.eps = 0.01, .momentum = 0.3}>, Shape<2, 2, 2>, T>("norm", "batch_options");
    check_golden<BatchNorm<2, BatchNormOptions{.affine = false}>, Shape<2, 2, 2>, T>("norm", "batch_plain");
}

TEST_CASE_TEMPLATE("BatchNorm: PyTorch's values in eval mode", T, float, double) {
    check_golden<BatchNorm<3>, Shape<3, 2, 2>, T, Mode::frozen>("norm", "batch_image_eval");
    check_golden<BatchNorm<3, BatchNormOptions{.affine = false}>, Shape<3>, T, Mode::frozen>("norm", "batch_plain_eval");
}

TEST_CASE_TEMPLATE("LayerNorm: PyTorch's values", T, float, double) {
    check_golden<LayerNorm<7>, Shape<7>, T>("norm", "layer_features");
    check_golden<LayerNorm<6>, Shape<3, 6>, T>("norm", "layer_tokens");
    check_golden<LayerNorm<2, 3, 4>, Shape<2, 3, 4>, T>("norm", "layer_image");
    check_golden<LayerNorm<2, 3, LayerNormOptions{.eps = 0.01}>, Shape<3, 2, 3>, T>("norm", "layer_options");
    check_golden<LayerNorm<6, LayerNormOptions{.affine = false}>, Shape<2, 6>, T>("norm", "layer_plain");
}

TEST_CASE_TEMPLATE("GroupNorm: PyTorch's values, InstanceNorm's too", T, float, double) {
    check_golden<GroupNorm<2, 8>, Shape<8>, T>("norm", "group_features");
    check_golden<GroupNorm<2, 4, GroupNormOptions{.eps = 0.01}>, Shape<4, 2, 3>, T>("norm", "group_image");
    check_golden<GroupNorm<1, 3, GroupNormOptions{.affine = false}>, Shape<3, 4>, T>("norm", "group_plain");
    check_golden<GroupNorm<3, 3>, Shape<3, 2, 3>, T>("norm", "instance");
}

TEST_CASE_TEMPLATE("RMSNorm: its formula's values in PyTorch", T, float, double) {
    check_golden<RMSNorm<6>, Shape<3, 6>, T>("norm", "rms_tokens");
    check_golden<RMSNorm<2, 3, 2, RMSNormOptions{.eps = 0.01}>, Shape<2, 3, 2>, T>("norm", "rms_image");
}
