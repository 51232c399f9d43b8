#include <doctest/doctest.h>
#include "../benchmarks/support/networks.hpp"
#include "kiln/kiln.hpp"
#include "support/one_sample.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("one sample: composites, nested, frozen and named") {
    using Branch = Sequential<Conv<3, 3, 3, 1, 1>, BatchNorm<3>, Tanh>;
    agrees_in_both<Residual<Branch>, Shape<3, 5, 9>>();
    agrees<Sum<Branch, Conv<3, 3, 1>, Identity>, Shape<3, 6, 8>>();
    agrees<Concat<Named<"wide", Conv<3, 5, 3, 1, 1>>, Inline<Branch>, Identity>, Shape<3, 7, 7>>();
    agrees<Sequential<Frozen<Sequential<Conv<1, 4, 3>, BatchNorm<4>, ReLU, MaxPool<2>>>, Flatten, Named<"head", Linear<36, 5>>>, Shape<1, 8, 8>>();
    agrees<Sequential<Linear<5, 9>, BatchNorm<9>, Tanh, Sequential<Linear<9, 3, Bias::none>, BatchNorm<3>>>, Shape<5>>();
    agrees<Sequential<Conv<2, 6, Kernel{.height = 3, .bias = false}>, Sigmoid, MaxPool<2>, Tanh, MaxPool<2>>, Shape<2, 14, 15>>();
    agrees<TransformerEncoder<24, 3, 40, 2>, Shape<7, 24>>();
    agrees<TransformerEncoder<8, 2, 12, 2, TransformerOptions{.dropout = 0.1, .norm_first = false}, ReLU, Causal>, Shape<5, 8>>();
}

TEST_CASE("one sample: the tutorials' networks") {
    agrees<networks::Mlp128_64::Net, networks::Image>();
    agrees<networks::Mlp512::Net, networks::Image>();
    agrees<networks::LeNetSigmoid::Net, networks::Image>();
    agrees<networks::LeNetTanh::Net, networks::Image>();
    agrees<networks::LeNet5::Net, networks::Image>();
    agrees<networks::ResNetBlock::Net, networks::Image>();
    agrees<networks::ResNetBlockProjected::Net, networks::Image>();
    agrees<networks::GruRows::Net, networks::Image>();
    agrees<networks::ViT::Net, networks::Image>();
    agrees<networks::Cnn8::Net, networks::Image>();
}
