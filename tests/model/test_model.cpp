#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <vector>
#if defined(_OPENMP)
#include <omp.h>
#endif
#if __has_include(<xtensor/views/xview.hpp>)
#include <xtensor/views/xview.hpp>
#else
#include <xtensor/xview.hpp>
#endif
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Digits = Sequential<Conv<2, 3, 3>, ReLU, MaxPool<2>, Flatten, Linear<12, 5>>;
using Image = Shape<2, 6, 6>;
using WithSoftmax = Sequential<Linear<4, 6>, Tanh, Linear<6, 3>, Softmax>;
using SmallModel = Model<Small, Four>;

// Four networks with known sizes (PEERS.md: a, b, d, e), whose numbers the compiler counts; no code is made for them.
using Digit = Shape<1, 28, 28>;
using Mlp128 = Model<Sequential<Flatten, Linear<784, 128>, ReLU, Linear<128, 64>, ReLU, Linear<64, 10>>, Digit>;
using Mlp512 = Model<Sequential<Flatten, Linear<784, 512>, ReLU, Linear<512, 10>>, Digit>;
using LeNetTanh = Model<Sequential<Conv<1, 20, 5>, Tanh, MaxPool<2>, Conv<20, 50, 5>, Tanh, MaxPool<2>, Flatten, Linear<800, 500>, Tanh, Linear<500, 10>>, Digit>;
using LeNet5 = Model<Sequential<Conv<1, 6, 5>, ReLU, AvgPool<2>, Conv<6, 16, 5>, ReLU, AvgPool<2>, Flatten, Linear<256, 120>, ReLU,
                                Linear<120, 84>, ReLU, Linear<84, 10>>, Digit>;
}  // namespace

TEST_CASE("model: parameters and FLOPs are counted as by hand") {
    static_assert(Mlp128::parameter_count == 109'386 && Mlp512::parameter_count == 407'050);
    static_assert(LeNetTanh::parameter_count == 431'080 && LeNet5::parameter_count == 44'426);

    // Multiply-adds of each layer: outputs x inputs, times places of a kernel. Training: forward, dW, and dx but for the first.
    static_assert(Mlp128::flops == 2 * (100'352 + 8'192 + 640));
    static_assert(Mlp128::training_flops == 2 * (2 * (100'352 + 8'192 + 640) + 8'192 + 640));  // 0.454 M
    static_assert(Mlp512::training_flops == 2 * (2 * (401'408 + 5'120) + 5'120));              // 1.636 M
    constexpr std::size_t d1 = 20 * 24 * 24 * 25, d2 = 50 * 8 * 8 * 20 * 25, d3 = 800 * 500, d4 = 5000;
    static_assert(LeNetTanh::training_flops == 2 * (2 * (d1 + d2 + d3 + d4) + d2 + d3 + d4));  // 13.18 M
    constexpr std::size_t e1 = 6 * 24 * 24 * 25, e2 = 16 * 8 * 8 * 6 * 25, e3 = 256 * 120, e4 = 120 * 84, e5 = 840;
    static_assert(LeNet5::flops == 2 * (e1 + e2 + e3 + e4 + e5));
    static_assert(LeNet5::training_flops == 2 * (2 * (e1 + e2 + e3 + e4 + e5) + e2 + e3 + e4 + e5));
    static_assert(LeNet5::training_flops == 1'517'040);
    // Padding is not a tap: a 3x3 kernel on 4x4 with padding 1 meets 16 + 24 + 24 + 36 pixels.
    static_assert(Model<Conv<1, 1, 3, 1, 1>, Shape<1, 4, 4>>::flops == 2 * 100);
    static_assert(std::is_same_v<LeNet5::Output, Shape<10>>);
    CHECK(Model<Digits, Image>{Seed{1}}.parameters().size() == 64 + 16 + 64 + 16);  // 54, 3, 60, 5 in whole vectors
}

TEST_CASE("model: parameters start as PyTorch's do, the same bits for the same seed") {
    Model<Digits, Image> model{Seed{1}}, same{Seed{1}}, other{Seed{2}};
    CHECK(same_bits(numbers_of(model), numbers_of(same)));
    CHECK_FALSE(same_bits(numbers_of(model), numbers_of(other)));
    const Model<Digits, Image, double> wide{Seed{1}};
    for (std::size_t i = 0; i < model.parameters().size(); ++i) CHECK(model.parameters()[i] == static_cast<float>(wide.parameters()[i]));

    // Uniform within 1 / sqrt(fan in): all of it, and nearly up to its ends; no two layers alike.
    Model<Sequential<Conv<2, 32, 3>, Flatten, Linear<512, 8>>, Image> large{Seed{1}};
    const auto bounds = [](const auto& view, double bound) {
        double low = 0, high = 0;
        for (const double v : view) low = std::min(low, v), high = std::max(high, v);
        CHECK(low >= -bound);
        CHECK(high <= bound);
        CHECK(low < -0.9 * bound);
        CHECK(high > 0.9 * bound);
    };
    bounds(large.parameter<"0.weight">(), 1 / std::sqrt(18.0));
    bounds(large.parameter<"0.bias">(), 1 / std::sqrt(18.0));
    bounds(large.parameter<"2.weight">(), 1 / std::sqrt(512.0));
    CHECK(large.parameter<"0.weight">()(0, 0, 0, 0) / large.parameter<"2.weight">()(0, 0) != doctest::Approx(std::sqrt(512.0 / 18)));
}

TEST_CASE("model: initialisers by choice") {
    Model<Digits, Image> model{Seed{1}, Constant{.value = 2, .zero_bias = true}};
    for (const float v : model.parameter<"0.weight">()) CHECK(v == 2);
    for (const float v : model.parameter<"4.bias">()) CHECK(v == 0);
    std::vector<std::string> names;
    std::vector<std::uint64_t> streams;
    Model<Digits, Image> own{Seed{1}, [&](auto view, std::string_view name, std::uint64_t stream) {
        names.emplace_back(name);
        streams.push_back(stream);
        if (name == "0.bias") view.fill(7);
    }};
    CHECK(names == std::vector<std::string>{"0.weight", "0.bias", "4.weight", "4.bias"});
    for (std::size_t i = 1; i < streams.size(); ++i) CHECK(streams[i] != streams[i - 1]);
    CHECK(own.parameter<"0.bias">()(1) == 7);
    CHECK(own.parameter<"0.weight">()(1, 1, 1, 1) == Model<Digits, Image>{Seed{1}}.parameter<"0.weight">()(1, 1, 1, 1));
    Model<Digits, Image> kaiming{Seed{1}, Kaiming{}}, again{Seed{1}, Kaiming{}}, other{Seed{3}, Kaiming{}};
    CHECK(same_bits(numbers_of(kaiming), numbers_of(again)));
    CHECK_FALSE(same_bits(numbers_of(kaiming), numbers_of(other)));
}

TEST_CASE("model: a parameter by its name is a view of the model's own memory") {
    Model<Digits, Image> model{Seed{1}};
    auto weight = model.parameter<"4.weight">();
    static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(weight.shape())>> == 2);
    CHECK(weight.shape()[0] == 5);
    CHECK(weight.shape()[1] == 12);
    CHECK(model.parameter<"0.weight">().dimension() == 4);
    CHECK(model.parameter<"0.weight">().size() == 54);
    CHECK(model.parameter<"4.bias">().size() == 5);

    const auto x = tensor_of<Image>(cluster_values<Image>(3, 5));
    const auto before = model.predict(x);
    model.parameter<"4.bias">()(2) += 1;
    auto after = model.predict(x);
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t k = 0; k < 5; ++k) CHECK(after(i, k) == doctest::Approx(before(i, k) + (k == 2 ? 1 : 0)).epsilon(1e-5));
    weight.fill(0);
    for (std::size_t k = 0; k < 12; ++k) weight(1, k) = 1;
    after = model.predict(x);
    CHECK(after(0, 0) == model.parameter<"4.bias">()(0));
    CHECK(after(0, 1) != model.parameter<"4.bias">()(1));
    const auto& constant = model;
    CHECK(constant.parameter<"4.weight">()(1, 11) == 1);
    static_assert(std::is_same_v<decltype(constant.parameter<"4.weight">()(0, 0)), const float&>);
}

TEST_CASE("model: visit and parts name every array") {
    using Nested = Sequential<Linear<4, 4>, Sequential<Tanh, Linear<4, 3>>>;
    Model<Nested, Four> model{Seed{1}};
    std::vector<std::string> names;
    model.visit([&](const std::string& name, auto view) { names.push_back(name + " " + std::to_string(view.size)); });
    CHECK(names == std::vector<std::string>{"0.weight 16", "0.bias 4", "1.1.weight 12", "1.1.bias 3"});
    names.clear();
    model.part<1>().visit([&](const std::string& name, auto view) {
        names.push_back(name);
        view[0] = 5;
    });
    CHECK(names == std::vector<std::string>{"1.weight", "1.bias"});
    CHECK(model.parameter<"1.1.weight">()(0, 0) == 5);
    const auto& constant = model;
    constant.part<0>().visit([&](const std::string& name, auto view) {
        static_assert(std::is_const_v<std::remove_reference_t<decltype(view[0])>>);
        names.push_back(name);
    });
    CHECK(names.back() == "bias");
}

TEST_CASE("model: a copy is a model of its own") {
    SmallModel model{Seed{1}};
    model.batches_tracked()["1.num_batches_tracked"] = 3;
    SmallModel copy = model;
    CHECK(same_bits(numbers_of(copy), numbers_of(model)));
    CHECK(copy.batches_tracked().at("1.num_batches_tracked") == 3);
    copy.parameter<"0.bias">()(0) += 1;
    CHECK_FALSE(same_bits(numbers_of(copy), numbers_of(model)));
    const auto changed = numbers_of(copy);
    model = copy;
    CHECK(same_bits(numbers_of(model), changed));
    const SmallModel moved = std::move(copy);
    CHECK(same_bits(numbers_of(moved), changed));
}

TEST_CASE("model: predictions of batches, data sets and single samples are the same bits, whatever the batch") {
    const Model<Digits, Image> model{Seed{3}};
    const auto values = cluster_values<Image>(100, 5);
    const Dataset<Image, Label> data{values, cluster_labels(100, 5)};
    const auto x = tensor_of<Image>(values);
    const auto all = model.predict(x), share = model.probabilities(x);
    const auto classes = model.classify(x);
    CHECK(all.shape() == std::array<std::size_t, 2>{100, 5});
    CHECK(same_bits(model.predict(data), all));
    CHECK(same_bits(model.probabilities(data), share));
    CHECK(model.classify(data) == classes);
    for (const std::size_t n : {0U, 1U, 7U, 8U, 9U, 17U, 100U}) {
        CAPTURE(n);
        const Tensor<float, 4> some = xt::view(x, xt::range(std::size_t{0}, n), xt::all(), xt::all(), xt::all());
        const auto y = model.predict(some), p = model.probabilities(some), of_data = model.predict(data.take(n));
        const auto c = model.classify(some);
        REQUIRE(y.shape() == std::array<std::size_t, 2>{n, 5});
        REQUIRE(c.size() == n);
        CHECK(std::equal(y.begin(), y.end(), all.begin()));
        CHECK(std::equal(p.begin(), p.end(), share.begin()));
        CHECK(std::equal(c.begin(), c.end(), classes.begin()));
        CHECK(std::equal(of_data.begin(), of_data.end(), all.begin()));
    }
    for (const std::size_t i : {0U, 41U, 99U}) {
        const Tensor<float, 3> sample = xt::view(x, i, xt::all(), xt::all(), xt::all());
        const Tensor<float, 1> y = model.predict(sample), p = model.probabilities(sample);
        const int c = model.classify(sample);
        double sum = 0;
        std::size_t best = 0;
        for (std::size_t k = 0; k < 5; ++k) {
            CHECK(y(k) == all(i, k));
            CHECK(p(k) == share(i, k));
            CHECK(p(k) > 0);
            sum += static_cast<double>(p(k));
            if (y(k) > y(best)) best = k;
        }
        CHECK(std::abs(sum - 1) < 5 * 1.2e-7);  // five roundings
        CHECK(p(0) / p(1) == doctest::Approx(std::exp(y(0) - y(1))).epsilon(1e-5));
        CHECK(c == static_cast<int>(best));
        CHECK(c == classes(i));
    }
}

TEST_CASE("model: tensors of any order of elements, views, and other scalar types") {
    const SmallModel model{Seed{1}};
    const auto x = tensor_of<Four>(cluster_values<Four>(20, 3));
    const auto all = model.predict(x);
    const auto expect = [&](const auto& found, std::size_t first, std::size_t step = 1) {
        for (std::size_t i = 0; i < found.shape()[0]; ++i)
            for (std::size_t k = 0; k < 3; ++k) CHECK(found(i, k) == all(first + i * step, k));
        return found.shape()[0];
    };
    CHECK(expect(model.predict(xt::view(x, xt::range(5, 20))), 5) == 15);
    CHECK(expect(model.predict(xt::view(x, xt::range(1, 20, 3), xt::all())), 1, 3) == 7);
    const xt::xtensor<float, 2, xt::layout_type::column_major> columns = x;
    CHECK(expect(model.predict(columns), 0) == 20);
    const Tensor<double, 2> wide = x;
    CHECK(expect(model.predict(wide), 0) == 20);
    CHECK(expect(model.predict(x + 0), 0) == 20);  // an expression
    Tensor<float, 2> filled({20, 3});
    filled.fill(-1);
    auto part = xt::view(filled, xt::range(4, 10), xt::all());
    model.predict(xt::view(x, xt::range(4, 10)), part);
    CHECK(filled(3, 2) == -1);
    CHECK(filled(10, 0) == -1);
    CHECK(expect(part, 4) == 6);
}

TEST_CASE("model: a network that ends in Softmax gives its own probabilities") {
    const Model<WithSoftmax, Four> model{Seed{1}};
    const SmallModel logits{Seed{1}};
    const auto x = tensor_of<Four>(cluster_values<Four>(11, 3));
    CHECK(same_bits(model.probabilities(x), model.predict(x)));
    CHECK(same_bits(model.probabilities(x), logits.probabilities(x)));
    CHECK(model.classify(x) == logits.classify(x));
}

TEST_CASE("model: rows of outputs each have a softmax of their own") {
    const Model<Linear<4, 3>, Shape<2, 4>> model{Seed{1}};
    const auto x = tensor_of<Shape<2, 4>>(cluster_values<Shape<2, 4>>(5, 3));
    const Tensor<float, 3> p = model.probabilities(x);
    for (std::size_t i = 0; i < 5; ++i)
        for (std::size_t r = 0; r < 2; ++r) CHECK(p(i, r, 0) + p(i, r, 1) + p(i, r, 2) == doctest::Approx(1).epsilon(1e-6));
}

TEST_CASE("model: a wrong tensor is refused, with what was found and what was expected") {
    const Model<Digits, Image> model{Seed{1}};
    const auto x = make_batch<float, Image>(3);
    Tensor<float, 2> y({3, 5});
    Tensor<int, 1> labels(std::array<std::size_t, 1>{3});
    const auto said = [](auto f) { return message_of<DataError>(f); };
    CHECK(said([&] { model.predict(make_batch<float, Shape<1, 6, 6>>(3)); }) ==
          "the batch is 3x1x6x6, expected n x 2x6x6 with one entry of the first axis for each sample");
    CHECK(said([&] { model.predict(make_sample<float, Shape<2, 6, 7>>()); }) == "the sample is 2x6x7, expected 2x6x6");
    Tensor<float, 2> wrong({3, 4}), few({2, 5});
    Tensor<float, 1> row(std::array<std::size_t, 1>{4});
    Tensor<int, 1> more(std::array<std::size_t, 1>{4});
    CHECK(said([&] { model.predict(x, wrong); }) == "the tensor to fill is 3x4, expected n x 5 with one entry of the first axis for each sample");
    CHECK(said([&] { model.probabilities(x, few); }) == "the tensor to fill has 2 rows, but there are 3 samples");
    CHECK(said([&] { model.predict(make_sample<float, Image>(), row); }) == "the tensor to fill is 4, expected 5");
    CHECK(said([&] { model.classify(x, more); }) == "the tensor to fill has 4 rows, but there are 3 samples");
    CHECK(said([&] { model.classify(make_batch<float, Shape<3, 6, 6>>(3), labels); }) ==
          "the batch is 3x3x6x6, expected n x 2x6x6 with one entry of the first axis for each sample");
    CHECK(said([&] { model.predict(x, y); }) == "");
}

TEST_CASE("model: predictions allocate nothing but their result, and the filling forms nothing") {
    const Model<Digits, Image> model{Seed{1}};
    const auto values = cluster_values<Image>(100, 5);
    const Dataset<Image, Label> data{values, cluster_labels(100, 5)};
    const auto x = tensor_of<Image>(values);
    const Tensor<float, 3> sample = xt::view(x, 7, xt::all(), xt::all(), xt::all());
    Tensor<float, 2> y({100, 5});
    Tensor<float, 1> row(std::array<std::size_t, 1>{5});
    Tensor<int, 1> labels(std::array<std::size_t, 1>{100});
    const auto count = [](auto f) {
        f();
        const std::size_t before = allocations();
        for (int i = 0; i < 4; ++i) f();
        return allocations() - before;
    };
    CHECK(count([&] { model.predict(x, y); }) == 0);
    CHECK(count([&] { model.predict(data, y); }) == 0);
    CHECK(count([&] { model.probabilities(x, y); }) == 0);
    CHECK(count([&] { model.probabilities(data, y); }) == 0);
    CHECK(count([&] { model.classify(x, labels); }) == 0);
    CHECK(count([&] { model.classify(data, labels); }) == 0);
    CHECK(count([&] { model.predict(sample, row); }) == 0);
    CHECK(count([&] { model.probabilities(sample, row); }) == 0);
    int label = 0;
    CHECK(count([&] { label += model.classify(sample); }) == 0);
    CHECK(count([&] { y = model.predict(x); }) == 4);

    // A class for each step, and samples of a thread of one's own.
    const Model<Sequential<Linear<6, 4>, Tanh, Linear<4, 3>>, Shape<2, 6>> steps{Seed{1}};
    const auto rows = make_batch<float, Shape<2, 6>>(40);
    Tensor<float, 3> outputs({40, 2, 3});
    Tensor<int, 2> classes({40, 2});
    CHECK(count([&] { steps.probabilities(rows, outputs); }) == 0);
    CHECK(count([&] { steps.classify(rows, classes); }) == 0);
    CHECK(count([&] { ::operator delete(::operator new(8)); }) == 4);  // it can tell
}

TEST_CASE("model: predictions do not depend on the threads, nor on who else predicts") {
    const Model<Digits, Image> model{Seed{3}};
    const auto x = tensor_of<Image>(cluster_values<Image>(100, 5));
    const auto expected = model.predict(x);
#if defined(_OPENMP)
    const int threads = omp_get_max_threads();
    for (const int n : {1, 2, 3, 8}) {
        omp_set_num_threads(n);
        CHECK(same_bits(model.predict(x), expected));
    }
    std::array<Tensor<float, 2>, 3> inside;
#pragma omp parallel num_threads(3)
    inside[static_cast<std::size_t>(omp_get_thread_num())] = model.predict(x);
    for (const auto& found : inside)
        if (found.size() > 0) CHECK(same_bits(found, expected));
    omp_set_num_threads(threads);
#endif
    std::array<bool, 4> same{};
    std::vector<std::thread> team;
    for (std::size_t t = 0; t < same.size(); ++t)
        team.emplace_back([&, t] {
            same[t] = true;
            for (int i = 0; i < 20; ++i) same[t] = same[t] && same_bits(model.predict(x), expected);
        });
    for (auto& thread : team) thread.join();
    for (const bool s : same) CHECK(s);
}
