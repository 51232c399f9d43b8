#include <doctest/doctest.h>
#include <algorithm>
#include <iterator>
#include <numeric>
#include <ranges>
#include <vector>
#include "kiln/data/loader.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
std::vector<SampleIndex> order(auto& loader, std::size_t epoch) {
    std::vector<SampleIndex> result;
    for (auto batch : loader.epoch(epoch)) result.insert(result.end(), batch.begin(), batch.end());
    return result;
}
}  // namespace

TEST_CASE("an epoch has every sample once, and the last batch is short") {
    Loader loader{103, {.batch_size = 20, .seed = 1}};
    CHECK(loader.batches() == 6);
    std::vector<std::size_t> sizes;
    for (auto batch : loader.epoch(0)) sizes.push_back(batch.size());
    CHECK(sizes == std::vector<std::size_t>{20, 20, 20, 20, 20, 3});
    auto all = order(loader, 0);
    CHECK(!std::is_sorted(all.begin(), all.end()));
    std::sort(all.begin(), all.end());
    std::vector<SampleIndex> expected(103);
    std::iota(expected.begin(), expected.end(), SampleIndex{0});
    CHECK(all == expected);
}

TEST_CASE("the order is a function of the seed and the epoch alone") {
    Loader one{50, {.batch_size = 7, .seed = 3}}, other{50, {.batch_size = 50, .seed = 3}}, seeded{50, {.seed = 4}};
    const auto first = order(one, 0), second = order(one, 1);
    CHECK(first != second);
    CHECK(order(other, 1) == second);
    CHECK(order(one, 0) == first);
    CHECK(order(seeded, 0) != first);
}

TEST_CASE("without shuffling the order is the data's") {
    Loader loader{5, {.batch_size = 2, .shuffle = false}};
    CHECK(order(loader, 3) == std::vector<SampleIndex>{0, 1, 2, 3, 4});
}

TEST_CASE("batches of a data set give tensors") {
    const Dataset<Shape<2>, Label> data{std::vector<float>{0, 1, 10, 11, 20, 21}, std::vector{5, 6, 7}};
    Loader loader{data, {.batch_size = 2}};
    std::size_t seen = 0;
    for (auto batch : loader.epoch(0)) {
        const Tensor<float, 2> x = batch.inputs();
        const Tensor<std::int32_t, 1> t = batch.targets();
        REQUIRE(x.shape()[0] == batch.size());
        REQUIRE(t.size() == batch.size());
        for (std::size_t i = 0; i < batch.size(); ++i) {
            CHECK(x(i, 1) == static_cast<float>(10 * batch.indices()[i] + 1));
            CHECK(t(i) == static_cast<int>(batch.indices()[i]) + 5);
            ++seen;
        }
    }
    CHECK(seen == 3);

    const Dataset<Shape<1>, Shape<2>> pairs{std::vector<float>{1}, std::vector<float>{3, 4}};
    Loader of_pairs{pairs};
    CHECK(of_pairs.epoch(0)[0].targets()(0, 1) == 4);
    CHECK(of_pairs.epoch(0)[0].inputs<double>()(0, 0) == 1.0);
}

TEST_CASE("a loader keeps its data alive") {
    Loader loader{Dataset<Shape<1>, Label>{std::vector<float>{42}, std::vector{0}}};
    CHECK(loader.epoch(0)[0].inputs()(0, 0) == 42);
}

TEST_CASE("an epoch is a range, and beginning another allocates nothing") {
    Loader loader{10, {.batch_size = 3}};
    auto epoch = loader.epoch(0);
    static_assert(std::ranges::input_range<decltype(epoch)>);
    CHECK(std::ranges::distance(epoch) == 4);
    const SampleIndex* where = epoch[0].indices().data();
    CHECK(loader.epoch(1)[0].indices().data() == where);
}

TEST_CASE("bounds: no batch size is an error, no samples are no batches") {
    CHECK(message_of<OptionError>([] { Loader{10, {.batch_size = 0}}; }) ==
          "the loader's batch size is 0: it must be at least 1");
    Loader none{0};
    CHECK(none.batches() == 0);
    CHECK(order(none, 0).empty());
    Loader large{3, {.batch_size = 1000}};
    CHECK(large.batches() == 1);
    CHECK(message_of<DataError>([] { Loader{std::size_t{1} << 33}; }).starts_with("8589934592 samples are more"));
}
