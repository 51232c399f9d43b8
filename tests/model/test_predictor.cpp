#include "kiln/model/predictor.hpp"
#include <doctest/doctest.h>
#include <limits>
#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xview.hpp>
#endif
#include "../benchmarks/support/networks.hpp"
#include "kiln/kiln.hpp"
#include "support/allocations.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {

// A model whose every number is random, running statistics too.
template <class Net, class In, class T> Model<Net, In, T> random_model(std::uint64_t seed) {
    Model<Net, In, T> model{Seed{seed}};
    std::size_t array = 0;
    model.visit([&](const std::string& name, auto view) {
        ++array;
        for (std::size_t i = 0; i < view.size; ++i) {
            if (name.ends_with("running_var")) view[i] = static_cast<T>(1.5 + noise(seed, array, i));
            else view[i] += static_cast<T>(0.1 * noise(seed, array, i));
        }
    });
    return model;
}

template <class In, class T> auto random_sample(std::size_t number) {
    auto x = make_sample<T, In>();
    for (std::size_t i = 0; i < In::size; ++i) {
        if constexpr (is_tokens<In>) x.data()[i] = static_cast<T>(key(number, i) % In::vocabulary);
        else x.data()[i] = static_cast<T>(noise(7, number, i));
    }
    return x;
}

// The predictor's outputs are the model's, but for the rounding of sums in another order.
template <class Net, class In, class T> void agrees_in() {
    const auto model = random_model<Net, In, T>(3);
    Predictor predictor{model};
    const double relative = sizeof(T) == 8 ? 1e-13 : 1e-5, absolute = sizeof(T) == 8 ? 1e-14 : 1e-6;
    for (std::size_t number = 0; number < 3; ++number) {
        const auto x = random_sample<In, T>(number);
        const auto expected = model.predict(x);
        const auto& found = predictor(x);
        REQUIRE(found.shape() == expected.shape());
        double largest = 0, off = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            largest = std::max(largest, std::abs(static_cast<double>(expected.data()[i])));
            const double difference = std::abs(static_cast<double>(found.data()[i]) - static_cast<double>(expected.data()[i]));
            off = std::max(off, difference == difference ? difference : std::numeric_limits<double>::infinity());
        }
        CAPTURE(number);
        CHECK(off <= absolute + relative * largest);
    }
}
template <class Net, class In> void agrees() {
    const std::string network{Net::name().view()}, input{shape_text<In>.view()};
    CAPTURE(network);
    CAPTURE(input);
    agrees_in<Net, In, float>();
    agrees_in<Net, In, double>();
}

using networks::Image;

}  // namespace

TEST_CASE("predictor: linear") {
    agrees<Linear<1, 1>, Shape<1>>();
    agrees<Linear<5, 3>, Shape<5>>();
    agrees<Linear<33, 10>, Shape<33>>();
    agrees<Linear<7, 84>, Shape<7>>();
    agrees<Linear<84, 121, Bias::none>, Shape<84>>();
    agrees<Linear<3, 500>, Shape<3>>();
    agrees<Linear<6, 5>, Shape<2, 6>>();
    agrees<Linear<13, 40>, Shape<7, 13>>();
    agrees<Linear<3, 8>, Shape<5, 4, 3>>();
    agrees<Linear<16, 17>, Shape<50, 16>>();
}

TEST_CASE("predictor: a convolution") {
    agrees<Conv<1, 6, 5>, Shape<1, 28, 28>>();
    agrees<Conv<6, 16, 5>, Shape<6, 12, 12>>();
    agrees<Conv<1, 8, 3, 1, 1>, Shape<1, 28, 28>>();
    agrees<Conv<3, 5, 3, 1, 1>, Shape<3, 7, 9>>();
    agrees<Conv<3, 5, 3, 2, 1>, Shape<3, 9, 13>>();
    agrees<Conv<1, 64, 4, 4>, Shape<1, 28, 28>>();
    agrees<Conv<16, 120, 4>, Shape<16, 4, 4>>();
    agrees<Conv<8, 1, 1>, Shape<8, 28, 28>>();
    agrees<Conv<5, 7, 1>, Shape<5, 3, 2>>();
    agrees<Conv<2, 3, Extent2{1, 9}>, Shape<2, 1, 30>>();
    agrees<Conv<4, 8, Kernel{.height = 3, .width = 2, .dilation = 2, .groups = 4, .bias = false}, 1, Extent2{1, 2}>, Shape<4, 11, 17>>();
    agrees<Conv<4, 4, Kernel{.height = 3, .groups = 4}, 1, 1>, Shape<4, 6, 10>>();
    agrees<Conv<4, 32, Kernel{.height = 3, .groups = 2}, 2, 1>, Shape<4, 6, 5>>();
    agrees<Conv<2, 17, Kernel{.height = 2, .dilation = Extent2{2, 3}}, Extent2{2, 1}, Extent2{0, 3}>, Shape<2, 7, 5>>();
    agrees<Conv<3, 11, 2>, Shape<3, 5, 4>>();
    agrees<Conv1d<3, 5, 3, 1, 1>, Shape<3, 17>>();
    agrees<Conv1d<4, 16, Kernel1d{.size = 3, .dilation = 2, .groups = 2}, 2, 3>, Shape<4, 9>>();
    agrees<ConvTranspose<3, 4, 3, 2, 1>, Shape<3, 5, 4>>();
}

TEST_CASE("predictor: activations") {
    agrees<ReLU, Shape<19>>();
    agrees<LeakyReLU<>, Shape<3, 5>>();
    agrees<Sigmoid, Shape<7>>();
    agrees<Tanh, Shape<2, 3, 11>>();
    agrees<GELU, Shape<33>>();
    agrees<TanhGELU, Shape<1>>();
    agrees<SiLU, Shape<40>>();
    agrees<Softmax, Shape<10>>();
    agrees<Softmax, Shape<5, 3>>();
    agrees<Softmax, Shape<2, 37>>();
    agrees<LogSoftmax, Shape<10>>();
    agrees<LogSoftmax, Shape<3, 21>>();
}

TEST_CASE("predictor: pools") {
    agrees<MaxPool<2>, Shape<6, 24, 24>>();
    agrees<MaxPool<2>, Shape<3, 7, 11>>();
    agrees<MaxPool<3, 2, 1>, Shape<2, 9, 8>>();
    agrees<AvgPool<2>, Shape<6, 24, 24>>();
    agrees<AvgPool<2>, Shape<2, 5, 37>>();
    agrees<AvgPool<2>, Shape<3, 8, 8>>();
    agrees<AvgPool<3, 2, 1, CountIncludePad::no>, Shape<2, 9, 8>>();
    agrees<AvgPool<Extent2{1, 2}>, Shape<2, 3, 20>>();
    agrees<MaxPool1d<2>, Shape<3, 9>>();
    agrees<AvgPool1d<3, 1, 1>, Shape<2, 9>>();
    agrees<GlobalAvgPool, Shape<3, 5, 7>>();
}

TEST_CASE("predictor: norms") {
    agrees<BatchNorm<5>, Shape<5>>();
    agrees<BatchNorm<3>, Shape<3, 4, 5>>();
    agrees<BatchNorm<2, BatchNormOptions{.affine = false}>, Shape<2, 13>>();
    agrees<GroupNorm<2, 6>, Shape<6, 3, 5>>();
    agrees<LayerNorm<64>, Shape<50, 64>>();
    agrees<LayerNorm<5>, Shape<3, 5>>();
    agrees<LayerNorm<3, 7>, Shape<2, 3, 7>>();
    agrees<LayerNorm<19, LayerNormOptions{.affine = false}>, Shape<19>>();
    agrees<RMSNorm<21>, Shape<9, 21>>();
}

TEST_CASE("predictor: recurrence") {
    agrees<GRU<28, 64, Recurrent{.output = last_step}>, Shape<28, 28>>();
    agrees<GRU<3, 5>, Shape<4, 3>>();
    agrees<GRU<3, 9, Recurrent{.layers = 2, .bidirectional = true}>, Shape<4, 3>>();
    agrees<LSTM<7, 13, Recurrent{.bidirectional = true, .output = last_step}>, Shape<5, 7>>();
    agrees<LSTM<4, 16, Recurrent{.layers = 3}>, Shape<1, 4>>();
    agrees<RNN<6, 11>, Shape<9, 6>>();
}

TEST_CASE("predictor: tokens") {
    agrees<MultiheadAttention<64, 8>, Shape<50, 64>>();
    agrees<MultiheadAttention<6, 2>, Shape<3, 6>>();
    agrees<MultiheadAttention<40, 2, AttentionOptions{.bias = false, .dropout = 0.1}, Causal>, Shape<11, 40>>();
    agrees<MultiheadAttention<12, 1>, Shape<1, 12>>();
    agrees<Sequential<Embedding<65, 12>, PositionEmbedding<9, 12>, ClassToken<12>>, Tokens<9, 65>>();
    agrees<SelectToken<2>, Shape<4, 9>>();
    agrees<ToTokens, Shape<3, 4, 5>>();
}

TEST_CASE("predictor: layers that move numbers") {
    agrees<Dropout<0.5>, Shape<9>>();
    agrees<Flatten, Shape<2, 3>>();
    agrees<Identity, Shape<5>>();
    agrees<Reshape<3, 2>, Shape<6>>();
    agrees<RepeatChannels<3>, Shape<2, 3, 3>>();
    agrees<Upsample<2>, Shape<2, 3, 5>>();
    agrees<Upsample<Extent2{1, 3}, Interpolation::bilinear>, Shape<2, 3, 5>>();
}

TEST_CASE("predictor: composites, nested, frozen and named") {
    using Branch = Sequential<Conv<3, 3, 3, 1, 1>, BatchNorm<3>, Tanh>;
    agrees<Residual<Branch>, Shape<3, 5, 9>>();
    agrees<Sum<Branch, Conv<3, 3, 1>, Identity>, Shape<3, 6, 8>>();
    agrees<Concat<Named<"wide", Conv<3, 5, 3, 1, 1>>, Inline<Branch>, Identity>, Shape<3, 7, 7>>();
    agrees<Sequential<Frozen<Sequential<Conv<1, 4, 3>, BatchNorm<4>, ReLU, MaxPool<2>>>, Flatten, Named<"head", Linear<36, 5>>>, Shape<1, 8, 8>>();
    agrees<Sequential<Linear<5, 9>, BatchNorm<9>, Tanh, Sequential<Linear<9, 3, Bias::none>, BatchNorm<3>>>, Shape<5>>();
    agrees<Sequential<Conv<2, 6, Kernel{.height = 3, .bias = false}>, Sigmoid, MaxPool<2>, Tanh, MaxPool<2>>, Shape<2, 14, 15>>();
    agrees<TransformerEncoder<24, 3, 40, 2>, Shape<7, 24>>();
    agrees<TransformerEncoder<8, 2, 12, 2, TransformerOptions{.dropout = 0.1, .norm_first = false}, ReLU, Causal>, Shape<5, 8>>();
}

TEST_CASE("predictor: the tutorials' networks") {
    agrees_in<networks::Mlp128_64::Net, Image, float>();
    agrees_in<networks::Mlp512::Net, Image, float>();
    agrees_in<networks::LeNetSigmoid::Net, Image, float>();
    agrees_in<networks::LeNetTanh::Net, Image, float>();
    agrees_in<networks::LeNet5::Net, Image, float>();
    agrees_in<networks::ResNetBlock::Net, Image, float>();
    agrees_in<networks::ResNetBlockProjected::Net, Image, float>();
    agrees_in<networks::GruRows::Net, Image, float>();
    agrees_in<networks::ViT::Net, Image, float>();
    agrees_in<networks::Cnn8::Net, Image, float>();
    agrees_in<networks::LeNet5::Net, Image, double>();
}

namespace {
// A user's own layer, which says nothing of one sample: y[i] = 2 x[i] + 1 at inference.
struct Twice {
    static constexpr Text name() { return "Twice"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"shift", Shape<1>>>;
    static void infer(auto tile) {
        const auto [shift] = tile.parameters;
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] + tile.x[i] + typename decltype(tile)::L(shift[0]);
    }
    static void forward(auto tile) { tile.y.fill(typename decltype(tile)::L(-1)); }
    static void backward(auto) {}
};
}  // namespace

TEST_CASE("predictor: a layer without a plan for one sample runs as it is, to the same bits") {
    Model<Sequential<Twice, Flatten, Twice>, Shape<3, 5>> model{Seed{1}};
    model.parameter<"0.shift">()(0) = 0.3F;
    model.parameter<"2.shift">()(0) = 0.7F;
    Predictor predictor{model};
    const auto x = random_sample<Shape<3, 5>, float>(1);
    CHECK(same_bits(predictor(x), model.predict(x)));
}

TEST_CASE("predictor: classes and probabilities are the model's") {
    const Model<Small, Four> model{Seed{1}};
    Predictor predictor{model};
    for (std::size_t number = 0; number < 20; ++number) {
        const auto x = random_sample<Four, float>(number);
        CHECK(predictor.classify(x) == model.classify(x));
        const auto expected = model.probabilities(x);
        const auto& found = predictor.probabilities(x);
        for (std::size_t k = 0; k < 3; ++k) CHECK(found(k) == doctest::Approx(expected(k)).epsilon(1e-5));
    }
    const Model<Linear<4, 3>, Shape<5, 4>> rows{Seed{2}};
    Predictor of_rows{rows};
    const auto x = random_sample<Shape<5, 4>, float>(1);
    CHECK(of_rows.classify(x) == rows.classify(x));
    const Model<Sequential<Linear<4, 3>, Softmax>, Four> distribution{Seed{1}};
    Predictor of_distribution{distribution};
    const auto four = random_sample<Four, float>(1);
    CHECK(same_bits(of_distribution.probabilities(four), of_distribution.predict(four)));
}

TEST_CASE("predictor: spans, vectors, arrays and pointers, views and other scalar types") {
    const Model<Small, Four> model{Seed{1}};
    Predictor predictor{model};
    const auto x = random_sample<Four, float>(4);
    const Tensor<float, 1> y = predictor(x);
    const std::vector<float> numbers(x.begin(), x.end());
    std::array<float, 3> filled{};
    const auto same = [&] {
        const bool all = std::equal(filled.begin(), filled.end(), y.begin());
        filled.fill(-1);
        return all;
    };
    predictor.predict(numbers, filled);
    CHECK(same());
    predictor.predict(numbers.data(), filled.data());
    CHECK(same());
    predictor.predict(std::span{numbers}, std::span{filled});
    CHECK(same());
    predictor.predict(x, filled);
    CHECK(same());
    Tensor<float, 1> tensor(std::array<std::size_t, 1>{3});
    predictor.predict(numbers, tensor);
    CHECK(same_bits(tensor, y));
    CHECK(predictor.classify(numbers) == predictor.classify(x));
    const Tensor<double, 1> wide = x;
    CHECK(same_bits(predictor(wide), y));
    CHECK(same_bits(predictor(x + 0), y));  // an expression
    Tensor<float, 2> many({4, 3});
    for (std::size_t i = 0; i < 4; ++i) many(i, 1) = x(i);
    CHECK(same_bits(predictor(xt::view(many, xt::all(), 1)), y));

    const Model<Embedding<9, 4>, Tokens<3, 9>> words{Seed{1}};
    Predictor of_words{words};
    const std::vector<float> text{8, 0, 3}, wrong{8, 9, 3};
    Tensor<int, 1> whole{8, 0, 3};
    CHECK(of_words(text) == of_words(whole));
    CHECK_THROWS_AS(of_words(wrong), DataError);
}

TEST_CASE("predictor: refuses a sample or a result of another shape") {
    const Model<Small, Four> model{Seed{1}};
    Predictor predictor{model};
    const auto said = [](auto f) {
        try {
            f();
        } catch (const DataError& e) {
            return std::string{e.what()};
        }
        return std::string{};
    };
    const std::vector<float> numbers(4), few(3);
    std::vector<float> y(2);
    Tensor<float, 1> five(std::array<std::size_t, 1>{5});
    CHECK(said([&] { predictor(five); }) == "the sample is 5, expected 4");
    CHECK(said([&] { predictor(few); }) == "the sample's numbers are 3, expected 4");
    CHECK(said([&] { predictor.predict(numbers, y); }) == "the numbers to fill are 2, expected 3");
    CHECK(said([&] { predictor.predict(numbers, five); }) == "the tensor to fill is 5, expected 3");
    CHECK(said([&] { predictor(numbers); }) == "");
}

TEST_CASE("predictor: has its own numbers, and so has a copy") {
    Model<Small, Four> model{Seed{1}};
    Predictor predictor{model};
    const auto x = random_sample<Four, float>(4), other = random_sample<Four, float>(5);
    const Tensor<float, 1> y = predictor(x);
    for (float& v : model.parameters()) v = 0;
    CHECK(same_bits(predictor(x), y));
    auto copy = predictor;
    copy(other);
    CHECK(same_bits(copy(x), y));
    CHECK(same_bits(predictor(x), y));
}

TEST_CASE("predictor: allocates nothing") {
    const Model<networks::LeNet5::Net, Image> model{Seed{1}};
    Predictor predictor{model};
    const auto x = random_sample<Image, float>(1);
    const Tensor<double, 3> wide = x;
    Tensor<float, 1> y(std::array<std::size_t, 1>{10});
    const std::vector<float> numbers(x.begin(), x.end());
    int label = 0;
    const auto count = [](auto f) {
        const std::size_t before = allocations();
        f();
        return allocations() - before;
    };
    CHECK(count([&] { predictor(x); }) == 0);
    CHECK(count([&] { predictor(wide); }) == 0);
    CHECK(count([&] { predictor(numbers); }) == 0);
    CHECK(count([&] { predictor.predict(x, y); }) == 0);
    CHECK(count([&] { predictor.probabilities(x); }) == 0);
    CHECK(count([&] { predictor.probabilities(x, y); }) == 0);
    CHECK(count([&] { label += predictor.classify(x); }) == 0);
    CHECK(count([&] { const std::vector<int> unused(5); }) == 1);  // it can tell
}
