#include <doctest/doctest.h>
#include "kiln/kiln.hpp"
#include "support/one_sample.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("one sample: linear") {
    agrees<Linear<1, 1>, Shape<1>>();
    agrees<Linear<5, 3>, Shape<5>>();
    agrees_in_both<Linear<33, 10>, Shape<33>>();
    agrees<Linear<7, 84>, Shape<7>>();
    agrees<Linear<84, 121, Bias::none>, Shape<84>>();
    agrees<Linear<3, 500>, Shape<3>>();
    agrees<Linear<6, 5>, Shape<2, 6>>();
    agrees_in_both<Linear<13, 40>, Shape<7, 13>>();
    agrees<Linear<3, 8>, Shape<5, 4, 3>>();
    agrees<Linear<16, 17>, Shape<50, 16>>();
}

TEST_CASE("one sample: activations") {
    agrees<ReLU, Shape<19>>();
    agrees<LeakyReLU<>, Shape<3, 5>>();
    agrees_in_both<Sigmoid, Shape<7>>();
    agrees<Tanh, Shape<2, 3, 11>>();
    agrees<GELU, Shape<33>>();
    agrees<TanhGELU, Shape<1>>();
    agrees<SiLU, Shape<40>>();
    agrees<Softmax, Shape<10>>();
    agrees_in_both<Softmax, Shape<5, 3>>();
    agrees<Softmax, Shape<2, 37>>();
    agrees<LogSoftmax, Shape<10>>();
    agrees<LogSoftmax, Shape<3, 21>>();
}

TEST_CASE("one sample: norms") {
    agrees<BatchNorm<5>, Shape<5>>();
    agrees<BatchNorm<3>, Shape<3, 4, 5>>();
    agrees<BatchNorm<2, BatchNormOptions{.affine = false}>, Shape<2, 13>>();
    agrees<GroupNorm<2, 6>, Shape<6, 3, 5>>();
    agrees<LayerNorm<64>, Shape<50, 64>>();
    agrees_in_both<LayerNorm<5>, Shape<3, 5>>();
    agrees<LayerNorm<3, 7>, Shape<2, 3, 7>>();
    agrees<LayerNorm<19, LayerNormOptions{.affine = false}>, Shape<19>>();
    agrees<RMSNorm<21>, Shape<9, 21>>();
}

TEST_CASE("one sample: recurrence") {
    agrees<GRU<28, 64, Recurrent{.output = last_step}>, Shape<28, 28>>();
    agrees<GRU<3, 5>, Shape<4, 3>>();
    agrees_in_both<GRU<3, 9, Recurrent{.layers = 2, .bidirectional = true}>, Shape<4, 3>>();
    agrees<LSTM<7, 13, Recurrent{.bidirectional = true, .output = last_step}>, Shape<5, 7>>();
    agrees<LSTM<4, 16, Recurrent{.layers = 3}>, Shape<1, 4>>();
    agrees<RNN<6, 11>, Shape<9, 6>>();
}

TEST_CASE("one sample: tokens") {
    agrees<MultiheadAttention<64, 8>, Shape<50, 64>>();
    agrees_in_both<MultiheadAttention<6, 2>, Shape<3, 6>>();
    agrees<MultiheadAttention<40, 2, AttentionOptions{.bias = false, .dropout = 0.1}, Causal>, Shape<11, 40>>();
    agrees<MultiheadAttention<12, 1>, Shape<1, 12>>();
    agrees<Sequential<Embedding<65, 12>, PositionEmbedding<9, 12>, ClassToken<12>>, Tokens<9, 65>>();
    agrees<SelectToken<2>, Shape<4, 9>>();
    agrees<ToTokens, Shape<3, 4, 5>>();
}

TEST_CASE("one sample: layers that move numbers") {
    agrees<Dropout<0.5>, Shape<9>>();
    agrees<Flatten, Shape<2, 3>>();
    agrees<Identity, Shape<5>>();
    agrees<Reshape<3, 2>, Shape<6>>();
    agrees<RepeatChannels<3>, Shape<2, 3, 3>>();
    agrees<Upsample<2>, Shape<2, 3, 5>>();
    agrees<Upsample<Extent2{1, 3}, Interpolation::bilinear>, Shape<2, 3, 5>>();
}
