#include "kiln/compose/sequential.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/golden.hpp"

using namespace kiln;

TEST_CASE_TEMPLATE("Embedding: PyTorch's values", T, float, double) {
    check_golden<Embedding<7, 4>, Tokens<6, 7>, T>("embedding", "table");
    check_golden<Sequential<Embedding<7, 4>, Linear<4, 3>, Tanh>, Tokens<6, 7>, T>("embedding", "network");
}
