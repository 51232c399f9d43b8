#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training a vision Transformer: PyTorch's losses") { check_curves<networks::ViT>(); }
