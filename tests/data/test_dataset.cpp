#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>
#include "kiln/data/dataset.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
// Sample i is the number i, its label i % 10.
Dataset<Number, Label> counting(std::size_t n) {
    std::vector<float> x(n);
    std::iota(x.begin(), x.end(), 0.0F);
    std::vector<int> labels(n);
    for (std::size_t i = 0; i < n; ++i) labels[i] = static_cast<int>(i % 10);
    return {std::move(x), labels};
}
std::vector<int> numbers(const auto& data) {
    std::vector<int> result;
    for (std::size_t i = 0; i < data.size(); ++i) {
        result.push_back(static_cast<int>(data.samples().get(i)(0)));
        REQUIRE(data.labels()[i] == result.back() % 10);
    }
    return result;
}
}  // namespace

TEST_CASE("a data set of one's own arrays, with every kind of target") {
    const Dataset<Shape<1, 2, 2>, Label> images{Tensor<std::uint8_t, 4>({3, 1, 2, 2}, 255), Tensor<int, 1>{1, 0, 2}};
    CHECK(images.size() == 3);
    CHECK(images.classes() == 3);
    CHECK(images.labels()[2] == 2);
    CHECK(images.samples().get(1)(0, 1, 1) == 1);

    const Dataset<Shape<2>, Number> table{std::vector<double>{1, 2, 3, 4}, std::vector<float>{10, 20}};
    CHECK(table.targets().get(1)(0) == 20);
    CHECK(Dataset<Shape<2>, Number>{std::vector<float>(4), Tensor<double, 1>{1, 2}}.targets().get<double>(1)(0) == 2);

    const Dataset<Shape<2>, Shape<2, 3>> arrays{std::vector<float>(4), Tensor<float, 3>({2, 2, 3}, 7)};
    CHECK(arrays.targets().values().shape() == std::array<std::size_t, 3>{2, 2, 3});
    static_assert(std::is_same_v<decltype(arrays)::Target, Shape<2, 3>>);
}

TEST_CASE("tokens as inputs and as targets") {
    const std::vector words{1, 2, 3, 0, 4, 2};
    const Dataset<Tokens<3, 5>, Label> reviews{words, std::vector{1, 0}};
    CHECK(reviews.size() == 2);
    CHECK(reviews.labels()[0] == 1);
    CHECK(reviews.samples().get(1)(1) == 4);
    const Dataset<Tokens<3, 5>, Tokens<3, 5>> tagged{words, Tensor<int, 2>{{0, 0, 1}, {2, 0, 4}}};
    CHECK(tagged.targets().get(1)(2) == 4);
    CHECK(Dataset<Shape<3, 2>, Tokens<3, 5>>{std::vector<float>(12), words}.targets().values()(1, 1) == 4);
    CHECK(message_of<DataError>([&] { Dataset<Tokens<3, 4>, Label>{words, std::vector{1, 0}}; }) ==
          "token 4 at step 1 of sample 1 is none of the vocabulary: tokens are whole numbers from 0 to 3");
    CHECK(message_of<DataError>([&] { Dataset<Tokens<2, 5>, Tokens<3, 5>>{words, words}; }) ==
          "the data set has 3 samples and 2 targets: give one target for each sample");

    using L = Lanes<float, 4>;
    std::array<L, 3> tile;
    tagged.load_inputs(std::vector<SampleIndex>{1, 0}, tile.data());
    CHECK(to_lanes(tile[1]) == std::array<float, 4>{4, 2, 2, 2});
    tagged.load_targets(std::vector<SampleIndex>{1, 0}, tile.data());
    CHECK(to_lanes(tile[2]) == std::array<float, 4>{4, 1, 1, 1});
}

TEST_CASE("counts that differ are both named") {
    CHECK(message_of<DataError>([] { Dataset<Shape<2>, Label>{std::vector<float>(6), std::vector{1, 2}}; }) ==
          "the data set has 3 samples and 2 targets: give one target for each sample");
    CHECK(message_of<DataError>([] { Dataset<Shape<2>, Number>{std::vector<float>(6), std::vector<float>(4)}; }) ==
          "the data set has 3 samples and 4 targets: give one target for each sample");
    CHECK(message_of<DataError>([] { Dataset<Shape<2>, Label>{std::vector<float>(4), std::vector{1, -2}}; }) != "");
}

TEST_CASE("an empty data set is a data set") {
    const Dataset<Shape<2>, Label> none;
    CHECK(none.empty());
    CHECK(none.labels().empty());
    CHECK(none.take(5).empty());
    CHECK(none.split(0.5, 1).first.empty());
    CHECK(none.transformed(Normalize{0, 1}).empty());
    CHECK(Dataset<Shape<2>, Label>{std::vector<float>{}, std::vector<int>{}}.empty());
}

TEST_CASE("tiles of inputs and of targets") {
    using L = Lanes<float, 4>;
    const std::vector<SampleIndex> which{12, 3};
    const auto data = counting(20);
    L x, t;
    data.load_inputs(std::span<const SampleIndex>{which}, &x);
    data.load_targets(std::span<const SampleIndex>{which}, &t);
    CHECK(to_lanes(x) == std::array<float, 4>{12, 3, 3, 3});
    CHECK(to_lanes(t) == std::array<float, 4>{2, 3, 3, 3});

    const Dataset<Shape<1>, Shape<2>> pairs{std::vector<float>{1, 2}, std::vector<float>{10, 11, 20, 21}};
    std::array<L, 2> tile;
    pairs.load_targets(std::vector<SampleIndex>{1, 0}, tile.data());
    CHECK(to_lanes(tile[1]) == std::array<float, 4>{21, 11, 11, 11});
}

TEST_CASE("split is two parts of one whole, by the seed") {
    const auto data = counting(100);
    const auto [rest, part] = data.split(0.25, 1);
    CHECK(rest.size() == 75);
    CHECK(part.size() == 25);
    const auto a = numbers(rest), b = numbers(part);
    CHECK(std::is_sorted(a.begin(), a.end()));
    CHECK(std::is_sorted(b.begin(), b.end()));
    std::vector<int> all(100), expected(100);
    std::merge(a.begin(), a.end(), b.begin(), b.end(), all.begin());
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(all == expected);
    CHECK(b != std::vector<int>(expected.end() - 25, expected.end()));

    CHECK(numbers(data.split(0.25, 1).second) == b);
    CHECK(numbers(data.split(0.25, 2).second) != b);
    CHECK(rest.classes() == 10);
}

TEST_CASE("split at its limits") {
    const auto data = counting(10);
    CHECK(data.split(0, 1).first.size() == 10);
    CHECK(data.split(1, 1).first.empty());
    CHECK(data.split(0.25, 1).second.size() == 3);
    CHECK(message_of<OptionError>([&] { (void)data.split(1.5, 1); }) ==
          "split with the fraction 1.500000: it must be from 0 to 1");
    CHECK(message_of<OptionError>([&] { (void)data.split(-0.1, 1); }) != "");
    CHECK(message_of<OptionError>([&] { (void)data.split(std::nan(""), 1); }) != "");
}

TEST_CASE("take and subset") {
    const auto data = counting(30);
    CHECK(numbers(data.take(3)) == std::vector{0, 1, 2});
    CHECK(data.take(100).size() == 30);
    CHECK(numbers(data.subset(std::vector{29, 3, 3})) == std::vector{29, 3, 3});
    CHECK(numbers(data.subset(std::vector{29, 3, 12}).take(2).subset(std::array{1})) == std::vector{3});
    CHECK(message_of<DataError>([&] { (void)data.subset(std::vector{30}); }) ==
          "sample 30 does not exist: there are 30, numbered from 0");
}
