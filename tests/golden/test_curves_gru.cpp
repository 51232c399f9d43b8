#include "support/curves.hpp"

using namespace kiln_test::curves;

TEST_CASE("Training a GRU over an image's rows: PyTorch's losses") { check_curves<networks::GruRows>(); }
