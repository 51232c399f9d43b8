#include <doctest/doctest.h>
#include <array>
#include <cstdint>
#include <list>
#include <vector>
#include "kiln/data/tokens.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
using Three = Samples<Tokens<3, 10>>;
const std::string range = " is none of the vocabulary: tokens are whole numbers from 0 to 9";

// Every lane of a tile is a sample's tokens as numbers, the last sample's where there are more lanes.
template <class L, std::size_t Length> void check_load() {
    using Many = Samples<Tokens<Length, 60'000>>;
    constexpr std::size_t n = 11;
    std::vector<int> tokens(n * Length);
    for (std::size_t i = 0; i < tokens.size(); ++i) tokens[i] = static_cast<int>(i * 7919 % 60'000);
    const Many samples{tokens};
    for (const std::size_t live : {std::size_t{1}, (lane_count<L> + 1) / 2, lane_count<L>}) {
        std::vector<SampleIndex> which(live);
        for (std::size_t i = 0; i < live; ++i) which[i] = static_cast<SampleIndex>((7 * i + 3) % n);
        std::array<L, Length> tile;
        samples.load(std::span<const SampleIndex>{which}, tile.data());
        for (std::size_t t = 0; t < Length; ++t)
            for (std::size_t lane = 0; lane < lane_count<L>; ++lane)
                REQUIRE(to_lanes(tile[t])[lane] == static_cast<scalar<L>>(tokens[which[std::min(lane, live - 1)] * Length + t]));
    }
}
}  // namespace

TEST_CASE("tokens come from lists and xtensors of whole numbers") {
    const Three samples{std::vector{0, 1, 2, 9, 8, 7}};
    CHECK(samples.size() == 2);
    CHECK(samples.get(1)(0) == 9);
    static_assert(std::is_same_v<decltype(samples.get(0)), Tensor<std::int32_t, 1>>);
    CHECK(Three{std::list<long>{3, 2, 1}}.get(0)(2) == 1);
    CHECK(Three{std::vector<std::uint8_t>{3, 2, 9}}.get(0)(2) == 9);  // not scaled
    CHECK(Three{std::vector<float>{3, 2, 1}}.get(0)(1) == 2);
    CHECK(Three{Tensor<std::int64_t, 2>{{1, 2, 3}, {4, 5, 6}}}.get(1)(0) == 4);
    const xt::xtensor<int, 2, xt::layout_type::column_major> columns{{1, 2, 3}, {4, 5, 6}};
    CHECK(Three{columns}.get(0)(1) == 2);
    CHECK(Three{}.empty());
    CHECK(Three{std::vector<int>{}}.empty());
    CHECK(Three{}.values().size() == 0);
}

TEST_CASE("what is no token, or no sample, is refused, and named") {
    CHECK(message_of<DataError>([] { Three{std::vector{0, 1, 2, 3, 10, 5}}; }) == "token 10 at step 1 of sample 1" + range);
    CHECK(message_of<DataError>([] { Three{std::vector{0, -1, 2}}; }) == "token -1 at step 1 of sample 0" + range);
    CHECK(message_of<DataError>([] { Three{std::vector{0.0, 0.5, 2.0}}; }) == "token 0.500000 at step 1 of sample 0" + range);
    CHECK(message_of<DataError>([] { Three{Tensor<int, 2>{{1, 2, 12}}}; }) == "token 12 at step 2 of sample 0" + range);
    CHECK(message_of<DataError>([] { Three{std::vector{1, 2}}; }) == "2 elements are not a whole number of samples of 3, which take 3 each");
    CHECK(message_of<DataError>([] { Three{Tensor<int, 2>{{1, 2}}}; }).starts_with("the array of samples is 1x2, expected n x 3"));
}

TEST_CASE("tokens are numbers in lanes, the last sample repeated") {
    check_load<float, 3>();
    check_load<double, 3>();
    check_load<Lanes<float, native_width<float>>, 3>();
    check_load<Lanes<float, native_width<float>>, 40>();
    check_load<Lanes<float, 2 * native_width<float>>, 17>();
    check_load<Lanes<double, native_width<double>>, 3>();
    check_load<Lanes<double, 2 * native_width<double>>, 9>();
}

TEST_CASE("tokens as tensors and subsets") {
    const Three samples{std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8}};
    const Tensor<std::int32_t, 2> some = samples.values(std::vector{2, 0});
    CHECK(some == Tensor<std::int32_t, 2>{{6, 7, 8}, {0, 1, 2}});
    CHECK(samples.values<float>()(1, 2) == 5.0F);
    const auto last = samples.subset(std::vector{1, 2}).subset(std::array{1, 1});
    CHECK(last.size() == 2);
    CHECK(last.get(0)(0) == 6);
    CHECK(message_of<DataError>([&] { (void)last.get(2); }) == "sample 2 does not exist: there are 2, numbered from 0");
}

TEST_CASE("windows: each begins a stride later, and the next is one token further on") {
    const std::vector<int> text{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (const std::size_t stride : {1U, 2U, 3U, 6U, 7U, 100U}) {
        CAPTURE(stride);
        const auto [windows, next] = Three::windows_and_next(text, stride);
        CHECK(windows.size() == 6 / stride + 1);
        REQUIRE(next.size() == windows.size());
        for (std::size_t i = 0; i < windows.size(); ++i)
            for (std::size_t t = 0; t < 3; ++t) {
                CHECK(windows.get(i)(t) == static_cast<int>(i * stride + t));
                CHECK(next.get(i)(t) == static_cast<int>(i * stride + t + 1));
            }
        CHECK(next.subset(std::array{windows.size() - 1}).get(0)(0) == windows.get(windows.size() - 1)(1));
    }
    CHECK(Three::windows_and_next(std::vector{1, 2, 3, 4}, 1).first.size() == 1);
}

TEST_CASE("windows: a list that is too short, a stride of 0 and a foreign token are refused") {
    CHECK(message_of<DataError>([] { Three::windows_and_next(std::vector{1, 2, 3}, 1); }) ==
          "there are 3 tokens, but a window of 3 and its next token take 4");
    CHECK(message_of<DataError>([] { Three::windows_and_next(std::vector<int>{}, 1); }) != "");
    CHECK(message_of<DataError>([] { Three::windows_and_next(std::vector{1, 2, 3, 10}, 1); }) == "token 10 at position 3" + range);
    CHECK(message_of<OptionError>([] { Three::windows_and_next(std::vector{1, 2, 3, 4}, 0); }) == "windows: stride is 0, but must be at least 1");
}
