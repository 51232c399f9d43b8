// The networks of MNIST's tutorials, a to i of examples/README.md, with their minibatches and optimisers: what the benchmarks
// measure, and what tests/golden trains beside PyTorch.
#pragma once
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/transformer_encoder.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/class_token.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/position_embedding.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/repeat_channels.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/layers/select_token.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/layers/to_tokens.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"

namespace networks {

using namespace kiln;

using Image = Shape<1, 28, 28>;

struct Mlp128_64 {
    static constexpr const char* name = "mlp_128_64";
    using Net = Sequential<Flatten, Linear<784, 128>, ReLU, Linear<128, 64>, ReLU, Linear<64, 10>>;
    static constexpr std::size_t batch = 100;
    static constexpr SGD optimizer{.learning_rate = 0.1};
};

struct Mlp512 {
    static constexpr const char* name = "mlp_512";
    using Net = Sequential<Flatten, Linear<784, 512>, ReLU, Linear<512, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct LeNetSigmoid {
    static constexpr const char* name = "lenet_sigmoid";
    using Net = Sequential<Conv<1, 6, 5>, Sigmoid, MaxPool<2>, Sigmoid, Conv<6, 16, 5>, MaxPool<2>, Conv<16, 120, 4>, Flatten,
                           Linear<120, 64>, Sigmoid, Linear<64, 10>>;
    static constexpr std::size_t batch = 10;
    static constexpr SGD optimizer{.learning_rate = 1e-3, .momentum = 0.9};
};

struct LeNetTanh {
    static constexpr const char* name = "lenet_tanh";
    using Net = Sequential<Conv<1, 20, 5>, Tanh, MaxPool<2>, Conv<20, 50, 5>, Tanh, MaxPool<2>, Flatten, Linear<800, 500>, Tanh, Linear<500, 10>>;
    static constexpr std::size_t batch = 100;
    static constexpr SGD optimizer{.learning_rate = 0.1};
};

struct LeNet5 {
    static constexpr const char* name = "lenet5";
    using Net = Sequential<Conv<1, 6, 5>, ReLU, AvgPool<2>, Conv<6, 16, 5>, ReLU, AvgPool<2>, Flatten,
                           Linear<256, 120>, ReLU, Linear<120, 84>, ReLU, Linear<84, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 2e-3};
};

// The shortcut copies the image to the branch's 8 channels.
template <class Shortcut = RepeatChannels<8>> struct ResNetBlockBy {
    using Net = Sequential<Residual<Sequential<Conv<1, 8, 3, 1, 1>, BatchNorm<8>, ReLU, Conv<8, 8, 3, 1, 1>, BatchNorm<8>>, Shortcut>,
                           Conv<8, 1, 1>, Flatten, Linear<784, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};
struct ResNetBlock : ResNetBlockBy<> {
    static constexpr const char* name = "resnet_block";
};
struct ResNetBlockProjected : ResNetBlockBy<Conv<1, 8, 1>> {
    static constexpr const char* name = "resnet_block_projected";
};

struct GruRows {
    static constexpr const char* name = "gru_rows";
    using Net = Sequential<Reshape<28, 28>, GRU<28, 64, Recurrent{.output = last_step}>, Linear<64, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct ViT {
    static constexpr const char* name = "vit";
    using Net = Sequential<Conv<1, 64, 4, 4>, ToTokens, ClassToken<64>, PositionEmbedding<50, 64>, TransformerEncoder<64, 8, 128, 4>,
                           LayerNorm<64>, SelectToken<0>, Linear<64, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct Cnn8 {
    static constexpr const char* name = "cnn8";
    using Net = Sequential<Conv<1, 8, 5>, ReLU, MaxPool<2>, Flatten, Linear<1152, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-2};
};

}  // namespace networks
