#include "kiln/compose/concat.hpp"
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/sum.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/golden.hpp"

using namespace kiln;

namespace {
using Block = Sequential<Conv<2, 3, 3, 1, 1>, BatchNorm<3>, ReLU, Conv<3, 2, 3, 1, 1>, BatchNorm<2>>;
using Projected = Sequential<Residual<Sequential<Conv<2, 4, 3, 2, 1>, BatchNorm<4>>, Conv<2, 4, 1, 2>>, ReLU>;
using LeNet = Sequential<Named<"conv1", Conv<1, 2, 3>>, ReLU, MaxPool<2>, Flatten, Named<"fc1", Linear<18, 4>>, Named<"head", Sequential<Tanh, Linear<4, 3>>>>;

// Two BatchNorms, one after another, divide by the deviation of few numbers (84 a channel), which multiplies a relative error of
// some 1e-7 by up to 30: 1 / 0.03, the smallest deviation there.
constexpr Tolerance normalised{.absolute = 5e-6, .relative = 2e-5};
}  // namespace

TEST_CASE_TEMPLATE("Residual: PyTorch's values", T, float, double) {
    check_golden<Residual<Block>, Shape<2, 4, 3>, T>("compose", "residual", normalised);
    check_golden<Projected, Shape<2, 4, 4>, T>("compose", "projected", normalised);
    check_golden<Residual<Block>, Shape<2, 4, 3>, T, Mode::frozen>("compose", "residual_eval");
}

TEST_CASE_TEMPLATE("Sum: PyTorch's values", T, float, double) {
    check_golden<Sum<Sequential<Linear<4, 5>, Tanh>, Linear<4, 5>, Sequential<Linear<4, 5>, Sigmoid>>, Shape<3, 4>, T>("compose", "sum");
}

TEST_CASE_TEMPLATE("Concat: PyTorch's values", T, float, double) {
    check_golden<Concat<Sequential<Conv<2, 3, 1>, Tanh>, Conv<2, 1, 3, 1, 1>, Identity>, Shape<2, 3, 4>, T>("compose", "concat");
}

TEST_CASE_TEMPLATE("Named: a module with attributes has PyTorch's names and values", T, float, double) {
    check_golden<LeNet, Shape<1, 8, 8>, T>("compose", "attributes");
}
