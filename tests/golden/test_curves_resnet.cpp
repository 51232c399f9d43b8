#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training a ResNet block that copies its input: PyTorch's losses") { check_curves<networks::ResNetBlock>(); }
TEST_CASE("Training a ResNet block that projects its input: PyTorch's losses") { check_curves<networks::ResNetBlockProjected>(); }
