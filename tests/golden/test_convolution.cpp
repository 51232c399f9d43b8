#include "kiln/layers/conv.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/linear.hpp"
#include "support/golden.hpp"

using namespace kiln;

TEST_CASE_TEMPLATE("Linear: PyTorch's values", T, float, double) {
    check_golden<Linear<5, 3>, Shape<5>, T>("convolution", "linear");
    check_golden<Linear<5, 3, Bias::none>, Shape<5>, T>("convolution", "linear_no_bias");
    check_golden<Linear<4, 3>, Shape<3, 4>, T>("convolution", "linear_rows");
    check_golden<Linear<4, 3, Bias::none>, Shape<3, 4>, T>("convolution", "linear_rows_no_bias");
}

TEST_CASE_TEMPLATE("Conv: PyTorch's values", T, float, double) {
    check_golden<Conv<2, 3, 3>, Shape<2, 4, 5>, T>("convolution", "conv");
    check_golden<Conv<3, 2, 3, 2, 1>, Shape<3, 5, 4>, T>("convolution", "conv_strided");
    check_golden<Conv<2, 3, Kernel{.height = 3, .width = 2, .dilation = {2, 1}}, Extent2{1, 2}, Extent2{2, 1}>, Shape<2, 4, 5>, T>(
        "convolution", "conv_rectangular");
    check_golden<Conv<4, 6, Kernel{.height = 2, .groups = 2, .bias = false}, 1, 1>, Shape<4, 3, 2>, T>("convolution", "conv_groups");
}

TEST_CASE_TEMPLATE("Conv1d: PyTorch's values", T, float, double) {
    check_golden<Conv1d<2, 3, 3>, Shape<2, 7>, T>("convolution", "conv1d");
    check_golden<Conv1d<3, 2, 5, 2, 2>, Shape<3, 8>, T>("convolution", "conv1d_strided");
    check_golden<Conv1d<4, 6, Kernel1d{.size = 2, .dilation = 3, .groups = 2, .bias = false}, 1, 1>, Shape<4, 6>, T>(
        "convolution", "conv1d_groups");
}

TEST_CASE_TEMPLATE("ConvTranspose: PyTorch's values", T, float, double) {
    check_golden<ConvTranspose<3, 2, 2, 2>, Shape<3, 2, 3>, T>("convolution", "conv_transpose");
    check_golden<ConvTranspose<2, 3, 3, 2, 1, 1>, Shape<2, 3, 2>, T>("convolution", "conv_transpose_padded");
    check_golden<ConvTranspose<2, 3, Kernel{.height = 3, .width = 2, .dilation = {2, 1}}, Extent2{1, 3}, Extent2{2, 0}, Extent2{1, 2}>,
                 Shape<2, 3, 2>, T>("convolution", "conv_transpose_rectangular");
    check_golden<ConvTranspose<4, 6, Kernel{.height = 3, .dilation = 2, .groups = 2, .bias = false}>, Shape<4, 2, 1>, T>(
        "convolution", "conv_transpose_groups");
}
