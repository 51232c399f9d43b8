#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training LeNet with sigmoids: PyTorch's losses") { check_curves<networks::LeNetSigmoid>({.inputs = signed_unit, .gain = 2}); }
TEST_CASE("Training LeNet with tanh: PyTorch's losses") { check_curves<networks::LeNetTanh>(); }
