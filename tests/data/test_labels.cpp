#include <doctest/doctest.h>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>
#include "kiln/data/labels.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

TEST_CASE("labels come from any list of whole numbers") {
    CHECK(Labels{std::vector<int>{3, 0, 9}}.classes() == 10);
    CHECK(Labels{std::vector<std::uint8_t>{200}}[0] == 200);
    CHECK(Labels{std::vector<std::int64_t>{1, 2}}.size() == 2);
    CHECK(Labels{std::vector<bool>{true, false}}.classes() == 2);
    CHECK(Labels{std::vector<float>{4, 5}}[1] == 5);
    CHECK(Labels{Tensor<int, 1>{7, 8}}[1] == 8);
    CHECK(Labels{std::vector{Labels::largest}}[0] == 16777216);
    CHECK(Labels{}.size() == 0);
    CHECK(Labels{}.classes() == 0);
    CHECK(Labels{}.all().empty());
}

TEST_CASE("what is no class is refused, and named") {
    CHECK(message_of<DataError>([] { Labels{std::vector{1, 2, -3}}; }) ==
          "label -3 of sample 2 is not a class: labels are whole numbers from 0 to 16777216");
    CHECK(
        message_of<DataError>([] { Labels{std::vector{1.0, 1.5}}; }).starts_with("label 1.500000 of sample 1 is not"));
    CHECK(message_of<DataError>([] {
              Labels{std::vector{Labels::largest + 1}};
          }).starts_with("label 16777217 of sample 0"));
    CHECK(message_of<DataError>([] { Labels{std::vector{std::nan("")}}; }) != "");
    CHECK(message_of<DataError>([] { Labels{std::vector{std::numeric_limits<std::uint64_t>::max()}}; }) != "");
    CHECK(message_of<DataError>([] { Labels{std::vector{std::numeric_limits<float>::infinity()}}; }) != "");
}

TEST_CASE("a label is one number in each lane, the last one repeated, exact to 2^24") {
    const Labels labels{std::vector{5, 16777215, 16777216, 2}};
    using L = Lanes<float, 8>;
    const std::vector<SampleIndex> which{2, 1, 0};
    L tile;
    labels.load(std::span<const SampleIndex>{which}, &tile);
    CHECK(to_lanes(tile) == std::array<float, 8>{16777216, 16777215, 5, 5, 5, 5, 5, 5});
    double one = 0;
    labels.load(std::span<const SampleIndex>{which}, &one);
    CHECK(one == 16777216);
}

TEST_CASE("labels as tensors and subsets") {
    const Labels labels{std::vector{5, 6, 7}};
    CHECK(labels.values()(2) == 7);
    CHECK(labels.values(std::vector{2, 0})(1) == 5);
    const Labels some = labels.subset(std::vector{1, 1});
    CHECK(some.size() == 2);
    CHECK(some[1] == 6);
    CHECK(some.classes() == 8);
    CHECK(message_of<DataError>([&] { labels.subset(std::vector{3}); }) != "");
}
