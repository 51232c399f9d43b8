#include "kiln/layers/gelu.hpp"
#include "kiln/layers/global_avg_pool.hpp"
#include "kiln/layers/leaky_relu.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/silu.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/layers/tanh_gelu.hpp"
#include "support/golden.hpp"

using namespace kiln;

TEST_CASE_TEMPLATE("activations: PyTorch's values", T, float, double) {
    using In = Shape<3, 5>;
    check_golden<ReLU, In, T>("activation", "relu");
    check_golden<LeakyReLU<>, In, T>("activation", "leaky_relu");
    check_golden<LeakyReLU<0.25>, In, T>("activation", "leaky_relu_steep");
    check_golden<Tanh, In, T>("activation", "tanh");
    check_golden<Sigmoid, In, T>("activation", "sigmoid");
    check_golden<GELU, In, T>("activation", "gelu");
    check_golden<TanhGELU, In, T>("activation", "tanh_gelu");
    check_golden<SiLU, In, T>("activation", "silu");
    check_golden<Softmax, In, T>("activation", "softmax");
}

TEST_CASE_TEMPLATE("GlobalAvgPool: PyTorch's values", T, float, double) {
    check_golden<GlobalAvgPool, Shape<3, 4, 2>, T>("activation", "global_avg_pool");
}
