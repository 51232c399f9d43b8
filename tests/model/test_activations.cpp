#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/activations.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Image8 = Shape<1, 8, 8>;
using Head = Sequential<Conv<1, 2, 3>, Tanh, MaxPool<2>>;  // runs as Conv, MaxPool, Tanh
using Net = Sequential<Head, Flatten, Linear<18, 5>, ReLU, Named<"last", Linear<5, 3>>>;

template <class T, class S> Tensor<T, S::rank> noisy_sample() {
    auto x = make_sample<T, S>();
    for (std::size_t i = 0; i < S::size; ++i) x.data()[i] = static_cast<T>(noise(7, i));
    return x;
}
}  // namespace

TEST_CASE_TEMPLATE("activations: every layer's name, place and shape, and its numbers from those before", T, float, double) {
    const Model<Net, Image8, T> model{Seed{3}};
    const auto x = noisy_sample<T, Image8>();
    const auto all = activations(model, x);

    std::vector<std::string> names;
    std::vector<std::vector<std::size_t>> extents;
    for (const auto& a : all) {
        names.push_back(a.path + " " + a.layer);
        extents.push_back(a.extents);
    }
    CHECK(names == std::vector<std::string>{" input", "0.0 Conv<1,2,3>", "0.1 Tanh", "0.2 MaxPool<2>", "1 Flatten", "2 Linear<18,5>", "3 ReLU", "last Linear<5,3>"});
    CHECK(extents == std::vector<std::vector<std::size_t>>{{1, 8, 8}, {2, 6, 6}, {2, 6, 6}, {2, 3, 3}, {18}, {5}, {5}, {3}});

    // The sample, and what the model predicts, bit for bit.
    CHECK(all.front().values == std::vector<T>(x.begin(), x.end()));
    const auto y = model.predict(x);
    CHECK(all.back().values == std::vector<T>(y.begin(), y.end()));

    // The head alone, as a model of its own with the same numbers.
    Model<Head, Image8, T> head{Seed{4}};
    head.template parameter<"0.weight">() = model.template parameter<"0.0.weight">();
    head.template parameter<"0.bias">() = model.template parameter<"0.0.bias">();
    const auto pooled = head.predict(x);
    CHECK(all[3].values == std::vector<T>(pooled.begin(), pooled.end()));
    CHECK(all[4].values == all[3].values);

    // A maximum that a layer before has seen; what ReLU lets through.
    for (std::size_t i = 0; i < 18; ++i) {
        const std::size_t channel = i / 9, row = 2 * (i % 9 / 3), column = 2 * (i % 3);
        const T* map = &all[2].values[36 * channel];
        CHECK(all[3].values[i] == std::max({map[6 * row + column], map[6 * row + column + 1], map[6 * row + 6 + column], map[6 * row + 7 + column]}));
    }
    for (std::size_t i = 0; i < 5; ++i) CHECK(all[6].values[i] == std::max(all[5].values[i], T(0)));
}

TEST_CASE("activations: a network of one layer, a sample of other numbers or without an axis of extent 1") {
    const Model<Linear<4, 6>, Four> one{Seed{1}};
    const auto x = noisy_sample<double, Four>();
    const auto all = activations(one, x);
    REQUIRE(all.size() == 2);
    CHECK(all[1].path == "");
    CHECK(all[1].layer == "Linear<4,6>");
    const auto y = one.predict(x);
    CHECK(all[1].values == std::vector<float>(y.begin(), y.end()));

    const Model<Net, Image8> model{Seed{3}};
    CHECK(activations(model, noisy_sample<float, Shape<8, 8>>()).back().values == activations(model, noisy_sample<float, Image8>()).back().values);
    CHECK(message_of<DataError>([&] { activations(model, noisy_sample<float, Shape<8, 9>>()); }) == "the sample is 8x9, expected 1x8x8");
}
