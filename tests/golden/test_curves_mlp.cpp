#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training 784-128-64-10: PyTorch's losses") { check_curves<networks::Mlp128_64>(); }
TEST_CASE("Training 784-512-10: PyTorch's losses") { check_curves<networks::Mlp512>(); }
