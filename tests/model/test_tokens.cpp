#include <doctest/doctest.h>
#include <cmath>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/model/activations.hpp"
#include "kiln/model/model.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Input = Tokens<4, 6>;
using Steps = Sequential<Embedding<6, 3>, Tanh, Linear<3, 5>>;                          // a row of 5 classes for each step
using Whole = Sequential<Embedding<6, 3>, Tanh, Flatten, Linear<12, 2>>;                // a row for all

std::vector<int> token_list(std::size_t n) {
    std::vector<int> tokens;
    for (std::size_t i = 0; i < n * Input::size; ++i) tokens.push_back(static_cast<int>(i * i % 7 % 6));
    return tokens;
}
template <class T> Tensor<T, 2> token_tensor(std::size_t n) {
    const auto list = token_list(n);
    auto tensor = make_batch<T, Input>(n);
    std::copy(list.begin(), list.end(), tensor.data());
    return tensor;
}
// What a lookup, a tanh and an affine map of one step give.
std::vector<double> reference(const auto& model, int token) {
    const auto table = model.template parameter<"0.weight">();
    const auto weight = model.template parameter<"2.weight">();
    const auto bias = model.template parameter<"2.bias">();
    std::vector<double> y;
    for (std::size_t k = 0; k < 5; ++k) {
        y.push_back(static_cast<double>(bias(k)));
        for (std::size_t f = 0; f < 3; ++f) y[k] += static_cast<double>(weight(k, f)) * std::tanh(static_cast<double>(table(static_cast<std::size_t>(token), f)));
    }
    return y;
}
}  // namespace

TEST_CASE_TEMPLATE("model: tokens are looked up, one sample, a batch or a data set, whatever their type", T, float, double) {
    const Model<Steps, Input, T> model{Seed{1}};
    constexpr std::size_t n = 37;
    const auto x = token_tensor<std::int32_t>(n);
    const Tensor<T, 3> y = model.predict(x);
    REQUIRE(y.shape() == std::array<std::size_t, 3>{n, 4, 5});
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t t = 0; t < 4; ++t) {
            const auto expected = reference(model, x(i, t));
            for (std::size_t k = 0; k < 5; ++k) REQUIRE(y(i, t, k) == doctest::Approx(expected[k]).epsilon(1e-5));
        }
    CHECK(same_bits(model.predict(token_tensor<std::int64_t>(n)), y));
    CHECK(same_bits(model.predict(token_tensor<std::uint8_t>(n)), y));
    CHECK(same_bits(model.predict(token_tensor<float>(n)), y));
    const Dataset<Input, Label> data{token_list(n), std::vector<int>(n)};
    CHECK(same_bits(model.predict(data), y));
    const Tensor<int, 1> sample{x(5, 0), x(5, 1), x(5, 2), x(5, 3)};
    const Tensor<T, 2> one = model.predict(sample);
    for (std::size_t t = 0; t < 4; ++t)
        for (std::size_t k = 0; k < 5; ++k) CHECK(one(t, k) == y(5, t, k));
    CHECK(activations(model, sample).back().values == std::vector<T>(one.begin(), one.end()));
}

TEST_CASE("model: a class for each step") {
    const Model<Steps, Input> model{Seed{2}};
    constexpr std::size_t n = 19;
    const auto x = token_tensor<int>(n);
    const auto y = model.predict(x), p = model.probabilities(x);
    const Tensor<int, 2> c = model.classify(x);
    REQUIRE(c.shape() == std::array<std::size_t, 2>{n, 4});
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t t = 0; t < 4; ++t) {
            double sum = 0;
            std::size_t best = 0;
            for (std::size_t k = 0; k < 5; ++k) {
                sum += static_cast<double>(p(i, t, k));
                if (y(i, t, k) > y(i, t, best)) best = k;
            }
            CHECK(std::abs(sum - 1) < 5 * 1.2e-7);  // five roundings
            CHECK(c(i, t) == static_cast<int>(best));
        }
    CHECK(model.classify(Dataset<Input, Label>{token_list(n), std::vector<int>(n)}) == c);
    const Tensor<int, 1> one = model.classify(Tensor<int, 1>{x(7, 0), x(7, 1), x(7, 2), x(7, 3)});
    for (std::size_t t = 0; t < 4; ++t) CHECK(one(t) == c(7, t));

    Tensor<int, 2> filled({n, 4}), few({n - 1, 4}), wide({n, 5});
    model.classify(x, filled);
    CHECK(filled == c);
    CHECK(message_of<DataError>([&] { model.classify(x, few); }) == "the tensor to fill has 18 rows, but there are 19 samples");
    CHECK(message_of<DataError>([&] { model.classify(x, wide); }).starts_with("the tensor to fill is 19x5, expected n x 4"));
}

TEST_CASE("model: a class for all tokens") {
    const Model<Whole, Input> model{Seed{2}};
    const auto x = token_tensor<int>(9);
    const Tensor<int, 1> c = model.classify(x);
    const int one = model.classify(Tensor<int, 1>{x(3, 0), x(3, 1), x(3, 2), x(3, 3)});
    CHECK(one == c(3));
    CHECK(model.predict(x).shape() == std::array<std::size_t, 2>{9, 2});
}

TEST_CASE("model: a token that is none of the vocabulary is refused, and named") {
    const Model<Steps, Input> model{Seed{1}};
    const std::string range = " is none of the vocabulary: tokens are whole numbers from 0 to 5";
    const auto said = [](auto f) { return message_of<DataError>(f); };
    CHECK(said([&] { model.predict(Tensor<int, 2>{{0, 1, 2, 3}, {4, 5, 6, 0}}); }) == "token 6 at step 2 of sample 1" + range);
    CHECK(said([&] { model.probabilities(Tensor<int, 1>{0, -1, 2, 3}); }) == "token -1 at position 1" + range);
    CHECK(said([&] { model.classify(Tensor<float, 1>{0, 1, 2, 3.5F}); }) == "token 3.500000 at position 3" + range);
    CHECK(said([&] { activations(model, Tensor<int, 1>{0, 1, 2, 99}); }) == "token 99 at position 3" + range);
    CHECK(said([&] { model.predict(Tensor<int, 2>{{0, 1, 2}}); }).starts_with("the batch is 1x3, expected n x 4"));
}
