#include "kiln/model/facts.hpp"
#include <doctest/doctest.h>
#include <string>
#include <thread>
#include "../benchmarks/support/networks.hpp"
#include "kiln/compose/concat.hpp"
#include "kiln/compose/frozen.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/lstm.hpp"
#include "kiln/model/predictor.hpp"
#include "support/allocations.hpp"

using namespace kiln;
using namespace kiln_test;
using networks::Image;

namespace {
template <class Network> constexpr std::size_t parameters = parameter_count<typename Network::Net, typename Network::Input>;
template <class Network> constexpr std::size_t flops_of = flops<typename Network::Net, typename Network::Input>;

// A template argument: as many tiles as go into 4 MB.
template <std::size_t Count> struct Tiles {
    static constexpr std::size_t count = Count;
};
static_assert(Tiles<(1 << 22) / workspace_bytes<networks::LeNet5::Net, Image>>::count > 1);

std::string line(const LayerFacts& f) {
    std::string text(2 * f.depth, ' ');
    text += std::string{f.path.view()} + " " + std::string{f.name.view()} + (f.composite ? ": " : " ") + kiln::detail::extents_of(f.output);
    return text + " " + std::to_string(f.parameters) + "+" + std::to_string(f.frozen) + " " + std::to_string(f.multiply_adds) + " " + std::to_string(f.bytes);
}
}  // namespace

// PyTorch counts the same. python3, with
//     from torch.nn import *
//     count = lambda *layers: sum(sum(p.numel() for p in layer.parameters()) for layer in layers)
//     conv = lambda i, o, k: [Conv2d(i, o, k, bias=False), BatchNorm2d(o)]
// and print(count(...)) of
//     Mlp128_64       Linear(784, 128), Linear(128, 64), Linear(64, 10)
//     Mlp512          Linear(784, 512), Linear(512, 10)
//     LeNetSigmoid    Conv2d(1, 6, 5), Conv2d(6, 16, 5), Conv2d(16, 120, 4), Linear(120, 64), Linear(64, 10)
//     LeNetTanh       Conv2d(1, 20, 5), Conv2d(20, 50, 5), Linear(800, 500), Linear(500, 10)
//     LeNet5          Conv2d(1, 6, 5), Conv2d(6, 16, 5), Linear(256, 120), Linear(120, 84), Linear(84, 10)
//     Cnn8            Conv2d(1, 8, 5), Linear(1152, 10)
//     ResNetBlock     Conv2d(1, 8, 3), BatchNorm2d(8), Conv2d(8, 8, 3), BatchNorm2d(8), Conv2d(8, 1, 1), Linear(784, 10)
//     ... Projected   and Conv2d(1, 8, 1)
//     GruRows         GRU(28, 64), Linear(64, 10)
//     ViT             Conv2d(1, 64, 4), TransformerEncoder(TransformerEncoderLayer(64, 8, 128), 4), LayerNorm(64), Linear(64, 10)
//                     and Parameters of 64 and of 50 x 64: 135754 + 64 + 3200
//     ResNet20        *conv(3, 16, 3), *conv(16, 16, 3) * 6, *conv(16, 32, 3), *conv(32, 32, 3) * 5, *conv(16, 32, 1),
//                     *conv(32, 64, 3), *conv(64, 64, 3) * 5, *conv(32, 64, 1), Linear(64, 10)
TEST_CASE("facts: PyTorch counts the same parameters") {
    using namespace networks;
    static_assert(parameters<Mlp128_64> == 109'386 && parameters<Mlp512> == 407'050);
    static_assert(parameters<LeNetSigmoid> == 41'806 && parameters<LeNetTanh> == 431'080 && parameters<LeNet5> == 44'426 && parameters<Cnn8> == 11'738);
    static_assert(parameters<ResNetBlock> == 8'555 && parameters<ResNetBlockProjected> == 8'571 && parameters<ResNet20> == 272'474);
    static_assert(parameters<GruRows> == 18'698 && parameters<ViT> == 139'018);
    static_assert(buffer_count<ResNetBlock::Net, Image> == 32);  // running means and variances
    static_assert(parameter_count<Linear<3, 4, Bias::none>, Shape<3>> == 12 && parameter_count<ReLU, Shape<3>> == 0);
    CHECK(Model<LeNet5::Net, Image>::parameter_count == parameters<LeNet5>);
}

// By forward hooks in PyTorch that add up twice y.numel() * m.weight[0].numel(): of networks without padding, where all taps are real.
TEST_CASE("facts: FLOPs") {
    using namespace networks;
    static_assert(flops_of<Mlp128_64> == 218'368 && flops_of<Mlp512> == 813'056 && flops_of<LeNetSigmoid> == 558'080);
    static_assert(flops_of<LeNetTanh> == 4'586'000 && flops_of<LeNet5> == 563'280 && flops_of<Cnn8> == 253'440);
    // A training step takes as much again for the weights, and for the inputs but of the first layer.
    static_assert(training_flops<Cnn8::Net, Image> == 3 * flops_of<Cnn8> - 2 * 8 * 24 * 24 * 25);
    static_assert(training_flops<Frozen<Cnn8::Net>, Image> == flops_of<Cnn8>);
    // Padding is no tap: a 3x3 kernel on 4x4 with padding 1 meets 100 pixels.
    CHECK(flops<Conv<1, 1, 3, 1, 1>, Shape<1, 4, 4>> == 200);
}

TEST_CASE("facts: a table of the layers, composites before their parts, frozen parameters apart") {
    using Branch = Sequential<Conv<1, 4, 3, 1, 1>, BatchNorm<4>>;
    using Net = Sequential<Named<"stem", Residual<Branch, RepeatChannels<4>>>, Frozen<Sequential<Conv<4, 2, 1>, ReLU>>, Flatten, Frozen<Linear<72, 5>>, Linear<5, 2>>;
    constexpr auto& table = layer_facts<Net, Shape<1, 6, 6>>;
    static_assert(table.size() == 11 && table[1].path.view() == "stem.branch" && table[1].parameters == 48);
    std::string text;
    for (const LayerFacts& layer : table) text += line(layer) + "\n";
    CHECK(text ==
          "stem Residual: 4x6x6 48+0 1024 576\n"
          "  stem.branch Sequential: 4x6x6 48+0 1024 576\n"
          "    stem.branch.0 Conv<1,4,3,1,1> 4x6x6 40+0 1024 576\n"  // 16 x 16 real taps for each channel
          "    stem.branch.1 BatchNorm<4> 4x6x6 8+0 0 576\n"
          "  stem.shortcut RepeatChannels<4> 4x6x6 0+0 0 576\n"
          "1 Frozen<Sequential>: 2x6x6 0+10 288 288\n"
          "  1.0 Conv<4,2,1> 2x6x6 0+10 288 288\n"
          "  1.1 ReLU 2x6x6 0+0 0 288\n"
          "2 Flatten 72 0+0 0 288\n"
          "3 Frozen<Linear<72,5>>: 5 0+365 360 20\n"
          "4 Linear<5,2> 2 12+0 10 8\n");
    static_assert(parameter_count<Net, Shape<1, 6, 6>> == 60 && frozen_parameter_count<Net, Shape<1, 6, 6>> == 375 && buffer_count<Net, Shape<1, 6, 6>> == 8);
    static_assert(layer_facts<Linear<5, 2>, Shape<5>>.size() == 1 && layer_facts<Linear<5, 2>, Shape<5>, double>[0].bytes == 16);
    // Inline parts stand under the path of what is around them.
    constexpr auto& vit = layer_facts<networks::ViT::Net, Image>;
    const auto norm = std::find_if(vit.begin(), vit.end(), [](const LayerFacts& f) { return f.name.view() == "LayerNorm<64>"; });
    CHECK(norm->path.view() == "4.layers.0.norm1");
}

TEST_CASE("facts: the sums over the leaves are the network's") {
    networks::for_each([]<class Network>() {
        using Net = typename Network::Net;
        using In = typename Network::Input;
        constexpr auto sums = [] {
            LayerFacts all;
            for (const LayerFacts& f : layer_facts<Net, In>)
                if (!f.composite) all.parameters += f.parameters, all.multiply_adds += f.multiply_adds;
            return all;
        }();
        static_assert(sums.parameters == parameter_count<Net, In> && 2 * sums.multiply_adds == flops<Net, In>);
        static_assert(std::equal(layer_facts<Net, In>.back().output.begin(), layer_facts<Net, In>.back().output.end(), output_of<Net, In>::extents.begin()));
    });
}

TEST_CASE("facts: a kernel's plan is that of its tiles") {
    const auto plan = []<class Layer, class In>(std::type_identity<Layer>, std::type_identity<In>) { return std::string{layer_facts<Layer, In>[0].plan.view()}; };
    const auto of = [&]<class Layer, class In>() { return plan(std::type_identity<Layer>{}, std::type_identity<In>{}); };
    CHECK(of.operator()<Conv<16, 16, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>, Shape<16, 8, 8>>() == "winograd F(4x4,3x3)");
    CHECK(of.operator()<Conv<16, 16, Kernel{.height = 5, .algorithm = Algorithm::winograd}, 1, 2>, Shape<16, 8, 8>>() == "winograd F(2x2,5x5)");
    CHECK(of.operator()<Conv<4, 1, 3>, Shape<4, 9, 9>>().starts_with("direct 1x"));
    CHECK(of.operator()<Conv<4, 5, 3>, Shape<4, 3, 3>>().starts_with("affine 5x"));  // the kernel covers the image
    CHECK(of.operator()<Linear<30, 10>, Shape<2, 30>>() == "affine " + std::to_string(Split<10, affine::detail::rows_by_two>::largest) + "x2");
    CHECK(of.operator()<ConvTranspose<4, 1, 3>, Shape<4, 9, 9>>().starts_with("direct 1x"));
    CHECK(of.operator()<LSTM<4, 3>, Shape<5, 4>>().starts_with("affine "));
    CHECK(of.operator()<MultiheadAttention<8, 2>, Shape<5, 8>>().find(", queries 5x2, ") != std::string::npos);
    CHECK(of.operator()<ReLU, Shape<3>>().empty());
}

namespace {
// The memory that f asks for. What is aligned is rounded up to the alignment by the standard library.
struct Asked {
    std::size_t bytes, slack;
    bool is(std::size_t expected) const { return bytes >= expected && bytes <= expected + slack; }
};
Asked asked(auto f) {
    const std::size_t bytes = allocated_bytes(), count = allocations();
    f();
    return {allocated_bytes() - bytes, (allocations() - count) * (memory_alignment - 1)};
}

template <class Net, class In, class T> void check_memory() {
    CAPTURE(Net::name().view());
    const Model<Net, In, T> model{Seed{1}};
    CHECK(asked([&] { const auto copy = model; }).is(parameter_bytes<Net, In, T> + buffer_bytes<Net, In, T>));
    const Predictor predictor{model};
    const Asked copied = asked([&] { const auto copy = predictor; });
    CHECK(copied.is(static_footprint<Net, In, T> - sizeof predictor));
    CHECK(copied.bytes > workspace_bytes<Net, In, T, Mode::one_sample>);
    // A thread's first prediction takes a workspace, and a few words to be rid of it again.
    auto x = make_sample<T, In>();
    auto y = make_sample<T, output_of<Net, In>>();
    x.fill(0);
    std::thread{[&] {
        default_threads();  // what OpenMP keeps for a thread, it has now
        const Asked first = asked([&] { model.predict(x, y); }), second = asked([&] { model.predict(x, y); });
        CHECK(Asked{first.bytes, first.slack + 256}.is(workspace_bytes<Net, In, T>));
        CHECK(second.bytes == 0);
    }}.join();
}
}  // namespace

TEST_CASE("facts: the bytes that are really used") {
    check_memory<networks::LeNet5::Net, Image, float>();
    check_memory<networks::LeNet5::Net, Image, double>();
    check_memory<networks::ResNetBlock::Net, Image, float>();
    check_memory<networks::GruRows::Net, Image, float>();
    check_memory<Sequential<Embedding<7, 5>, Linear<5, 3>>, Tokens<9, 7>, float>();  // classes for each step
    check_memory<Sequential<Frozen<Linear<5, 7>>, BatchNorm<7>, Linear<7, 3>>, Shape<5>, float>();
}
