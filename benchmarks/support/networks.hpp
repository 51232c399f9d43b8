// The networks of MNIST's tutorials, a to i of examples/README.md, with their minibatches and optimisers: what the benchmarks
// measure, and what tests/golden trains beside PyTorch. After them larger ones, for the benchmarks alone.
#pragma once
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/compose/transformer_encoder.hpp"
#include "kiln/core/initialise.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/class_token.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/global_avg_pool.hpp"
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
    using Input = Image;
    using Net = Sequential<Flatten, Linear<784, 128>, ReLU, Linear<128, 64>, ReLU, Linear<64, 10>>;
    static constexpr std::size_t batch = 100;
    static constexpr SGD optimizer{.learning_rate = 0.1};
};

struct Mlp512 {
    static constexpr const char* name = "mlp_512";
    using Input = Image;
    using Net = Sequential<Flatten, Linear<784, 512>, ReLU, Linear<512, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct LeNetSigmoid {
    static constexpr const char* name = "lenet_sigmoid";
    using Input = Image;
    using Net = Sequential<Conv<1, 6, 5>, Sigmoid, MaxPool<2>, Sigmoid, Conv<6, 16, 5>, MaxPool<2>, Conv<16, 120, 4>, Flatten,
                           Linear<120, 64>, Sigmoid, Linear<64, 10>>;
    static constexpr std::size_t batch = 10;
    static constexpr SGD optimizer{.learning_rate = 1e-3, .momentum = 0.9};

    // From PyTorch's default start it does not learn (examples/05_initialiser.cpp).
    static constexpr auto initialiser = []<class S, class T>(View<S, T> parameter, std::string_view name, std::uint64_t stream) {
        if constexpr (S::rank == 4) Kaiming{}(parameter, name, stream);
        else if constexpr (S::rank == 2) Xavier{.distribution = Distribution::uniform}(parameter, name, stream);
        else parameter.fill(0);
    };
};

struct LeNetTanh {
    static constexpr const char* name = "lenet_tanh";
    using Input = Image;
    using Net = Sequential<Conv<1, 20, 5>, Tanh, MaxPool<2>, Conv<20, 50, 5>, Tanh, MaxPool<2>, Flatten, Linear<800, 500>, Tanh, Linear<500, 10>>;
    static constexpr std::size_t batch = 100;
    static constexpr SGD optimizer{.learning_rate = 0.1};
};

struct LeNet5 {
    static constexpr const char* name = "lenet5";
    using Input = Image;
    using Net = Sequential<Conv<1, 6, 5>, ReLU, AvgPool<2>, Conv<6, 16, 5>, ReLU, AvgPool<2>, Flatten,
                           Linear<256, 120>, ReLU, Linear<120, 84>, ReLU, Linear<84, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 2e-3};
};

// The shortcut copies the image to the branch's 8 channels.
template <class Shortcut = RepeatChannels<8>> struct ResNetBlockBy {
    using Input = Image;
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
    using Input = Image;
    using Net = Sequential<Reshape<28, 28>, GRU<28, 64, Recurrent{.output = last_step}>, Linear<64, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct ViT {
    static constexpr const char* name = "vit";
    using Input = Image;
    using Net = Sequential<Conv<1, 64, 4, 4>, ToTokens, ClassToken<64>, PositionEmbedding<50, 64>, TransformerEncoder<64, 8, 128, 4>,
                           LayerNorm<64>, SelectToken<0>, Linear<64, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

struct Cnn8 {
    static constexpr const char* name = "cnn8";
    using Input = Image;
    using Net = Sequential<Conv<1, 8, 5>, ReLU, MaxPool<2>, Flatten, Linear<1152, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-2};
};

// A 3x3 convolution of 64 channels to 64 on 32x32 pixels, forward and both gradients: the 1x1 convolution before it, of 0.2 % of the
// multiply-adds, makes it give the gradient of its input.
template <Algorithm algorithm> struct Conv64By {
    using Input = Shape<1, 32, 32>;
    using Net = Sequential<Conv<1, 64, 1>, Conv<64, 64, Kernel{.height = 3, .algorithm = algorithm}, 1, 1>, ReLU, AvgPool<4>, Flatten, Linear<4096, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};
struct Conv64 : Conv64By<Algorithm::direct> {
    static constexpr const char* name = "conv64";
};
struct Conv64Winograd : Conv64By<Algorithm::winograd> {
    static constexpr const char* name = "conv64_winograd";
};

// K. He et al.: Deep residual learning for image recognition, 2015, 4.2: ResNet-20 for CIFAR-10. Where the shape changes the shortcut is a
// 1x1 convolution with BatchNorm. `algorithm` is that of the 3x3 convolutions it is for, from 16 channels on.
template <Algorithm algorithm> struct ResNet20By {
    using Input = Shape<3, 32, 32>;

    template <std::size_t Inputs, std::size_t Outputs, std::size_t Size, std::size_t Stride = 1>
    using ConvNorm = Sequential<Conv<Inputs, Outputs, Kernel{.height = Size, .bias = false,
                                                            .algorithm = Size == 3 && Stride == 1 && Inputs >= 16 ? algorithm : Algorithm::direct},
                                     Stride, Size / 2>, BatchNorm<Outputs>>;
    template <std::size_t Inputs, std::size_t Outputs, std::size_t Stride, class Shortcut>
    using BlockBy = Sequential<Residual<Sequential<ConvNorm<Inputs, Outputs, 3, Stride>, ReLU, ConvNorm<Outputs, Outputs, 3>>, Shortcut>, ReLU>;
    template <std::size_t Channels> using Block = BlockBy<Channels, Channels, 1, Identity>;
    template <std::size_t Inputs, std::size_t Outputs> using Halving = BlockBy<Inputs, Outputs, 2, ConvNorm<Inputs, Outputs, 1, 2>>;

    using Net = Sequential<ConvNorm<3, 16, 3>, ReLU, Block<16>, Block<16>, Block<16>, Halving<16, 32>, Block<32>, Block<32>,
                           Halving<32, 64>, Block<64>, Block<64>, GlobalAvgPool, Linear<64, 10>>;
    static constexpr std::size_t batch = 64;
    static constexpr SGD optimizer{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-4};
};
struct ResNet20 : ResNet20By<Algorithm::direct> {
    static constexpr const char* name = "resnet20";
};
struct ResNet20Winograd : ResNet20By<Algorithm::winograd> {
    static constexpr const char* name = "resnet20_winograd";
};

struct Transformer256 {
    static constexpr const char* name = "transformer_256";
    using Input = Shape<64, 256>;  // tokens that are embedded already
    using Net = Sequential<PositionEmbedding<64, 256>, TransformerEncoder<256, 8, 1024, 6>, LayerNorm<256>, SelectToken<0>, Linear<256, 10>>;
    static constexpr std::size_t batch = 16;
    static constexpr Adam optimizer{.learning_rate = 1e-3};
};

// Calls f.operator()<Network>() for every network that is trained.
void for_each(auto&& f) {
    const auto call = [&]<class... Networks>() { (f.template operator()<Networks>(), ...); };
    call.template operator()<Mlp128_64, Mlp512, LeNetSigmoid, LeNetTanh, LeNet5, ResNetBlock, GruRows, ViT, Cnn8, Conv64, Conv64Winograd, ResNet20, ResNet20Winograd, Transformer256>();
}

}  // namespace networks
