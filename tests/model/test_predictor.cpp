#include "kiln/model/predictor.hpp"
#include <doctest/doctest.h>
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
template <class Net, class In, class T> void agrees() {
    const auto model = random_model<Net, In, T>(3);
    Predictor predictor{model};
    const double relative = sizeof(T) == 8 ? 1e-13 : 1e-5, absolute = sizeof(T) == 8 ? 1e-14 : 1e-6;
    for (std::size_t number = 0; number < 3; ++number) {
        const auto x = random_sample<In, T>(number);
        const auto expected = model.predict(x);
        const auto& found = predictor(x);
        REQUIRE(found.shape() == expected.shape());
        T largest = 0;
        for (const T y : expected) largest = std::max(largest, std::abs(y));
        CAPTURE(number);
        for (std::size_t i = 0; i < expected.size(); ++i)
            CHECK(std::abs(static_cast<double>(found.data()[i]) - static_cast<double>(expected.data()[i])) <= absolute + relative * static_cast<double>(largest));
    }
}

using networks::Image;

}  // namespace

TEST_CASE("predictor: a model's outputs, BatchNorm's statistics too") {
    agrees<networks::LeNet5::Net, Image, float>();
    agrees<networks::LeNet5::Net, Image, double>();
    agrees<networks::ResNetBlock::Net, Image, float>();
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

namespace {
// Every form of every call, from the first one on.
template <class Net, class In> void allocates_nothing() {
    CAPTURE(Net::name().view());
    const Model<Net, In> model{Seed{1}};
    Predictor predictor{model};
    const auto x = random_sample<In, float>(1);
    const std::vector<float> numbers(x.begin(), x.end());
    auto y = make_sample<float, output_of<Net, In>>();
    std::vector<float> filled(y.size());
    std::vector<int> labels(output_of<Net, In>::rank == 2 ? output_of<Net, In>::extents[0] : 1);
    const std::size_t before = allocations();
    predictor(x);
    predictor(numbers);
    predictor(numbers.data());
    predictor.predict(x, y);
    predictor.predict(std::span{numbers}, filled);
    predictor.predict(numbers.data(), filled.data());
    predictor.probabilities(x);
    predictor.probabilities(x, y);
    predictor.probabilities(numbers, filled.data());
    static_cast<void>(predictor.classify(x));
    predictor.classify(numbers, labels);
    predictor.classify(numbers.data(), labels.data());
    CHECK(allocations() == before);
}
}  // namespace

TEST_CASE("predictor: allocates nothing, whatever the network is made of") {
    allocates_nothing<networks::ResNetBlock::Net, Image>();
    allocates_nothing<networks::GruRows::Net, Image>();
    allocates_nothing<Sequential<Embedding<9, 8>, PositionEmbedding<5, 8>, TransformerEncoder<8, 2, 12, 1>, LayerNorm<8>, Linear<8, 9>>, Tokens<5, 9>>();
    allocates_nothing<Sequential<Conv1d<2, 4, 3>, BatchNorm<4>, GELU, Flatten, Dropout<0.5>, Linear<24, 3>, Softmax>, Shape<2, 8>>();
    allocates_nothing<Sequential<Conv<1, 2, 3, 2>, ConvTranspose<2, 3, 2, 2>, BatchNorm<3>, Upsample<2>, GlobalAvgPool>, Shape<1, 9, 9>>();
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
