// 09: a vision Transformer.
//
// The image is cut into 49 patches of 4x4 pixels; each becomes a token of 64 numbers. A class token goes before them, learned
// positions are added, and four encoder layers of eight heads let every token look at every other. What the class token has become
// is classified. (A. Dosovitskiy et al.: An image is worth 16x16 words, 2021.)
//
//     09_vit [--data DIR] [--epochs N] [--threads N] [--samples N] [--seed N]
#include <cstdio>
#include "kiln/kiln.hpp"
#include "support/options.hpp"

using ViT = kiln::Sequential<
    kiln::Conv<1, 64, 4, 4>,                    // 1x28x28 -> 64x7x7: a patch, a pixel of 64 channels
    kiln::ToTokens,                             //         -> 49 tokens of 64 numbers
    kiln::ClassToken<64>,                       //         -> 50
    kiln::PositionEmbedding<50, 64>,
    kiln::TransformerEncoder<64, 8, 128, 4>,    // 8 heads, 128 hidden units, 4 layers
    kiln::LayerNorm<64>,
    kiln::SelectToken<0>,                       //         -> 64: the class token
    kiln::Linear<64, 10>>;

int run(const Options& options) {
    const auto mnist = kiln::datasets::mnist(options.data);
    const auto train = mnist.train.take(options.samples);

    kiln::Model<ViT, kiln::Shape<1, 28, 28>> model{kiln::Seed{options.seed}};
    static_assert(decltype(model)::parameter_count == 139'018);

    kiln::Trainer trainer{model, kiln::CrossEntropy{}, kiln::Adam{.learning_rate = 1e-3}, {.threads = options.threads}};
    trainer.fit(train, {.epochs = options.epochs, .batch_size = 64, .validation = &mnist.test, .seed = options.seed});

    std::printf("test accuracy: %.2f %%\n", 100 * trainer.evaluate(mnist.test).accuracy);
    return 0;
}

int main(int count, char** arguments) { return with_options(count, arguments, {.epochs = 5}, run); }
