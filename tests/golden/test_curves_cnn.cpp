#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training LeNet-5: PyTorch's losses") { check_curves<networks::LeNet5>({.inputs = signed_unit}); }
TEST_CASE("Training a convolution of 8 kernels, the rate falling by steps: PyTorch's losses") {
    check_curves<networks::Cnn8>({.inputs = standardised, .schedule = kiln::StepDecay{.every = 20, .factor = 0.9, .unit = kiln::StepDecay::steps}});
}
