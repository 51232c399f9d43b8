#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>
#include "kiln/core/random.hpp"

using namespace kiln;

TEST_CASE("mix is splitmix64: its first numbers from the seed 0") {
    static_assert(mix(0) == 0xE220A8397B1DCDAFU);
    static_assert(mix(0x9E3779B97F4A7C15U) == 0x6E789E6AA1B965F4U);
    CHECK(mix(1) != mix(2));
}

TEST_CASE("a key depends on every word and on their order") {
    static_assert(key(1, 2, 3) == key(1, 2, 3));
    const std::set<std::uint64_t> keys{key(1, 2, 3),
                                       key(3, 2, 1),
                                       key(1, 2),
                                       key(1, 2, 0),
                                       key(0, 1, 2, 3),
                                       key(1, 2, 4),
                                       key(1, Stream::shuffle, 3),
                                       key(1, Stream::split, 3)};
    CHECK(keys.size() >= 7);  // the streams are numbers: one of them may be the 2 above
    CHECK(key(1, Stream::shuffle, 3) != key(1, Stream::split, 3));
}

TEST_CASE("uniform fills [0, 1) evenly, alike as float and double") {
    double total = 0, squares = 0;
    constexpr int n = 100000;
    for (int i = 0; i < n; ++i) {
        const auto u = uniform<double>(key(7, i));
        REQUIRE(u >= 0);
        REQUIRE(u < 1);
        REQUIRE(static_cast<double>(uniform<float>(key(7, i))) == u);
        total += u;
        squares += u * u;
    }
    CHECK(total / n == doctest::Approx(0.5).epsilon(0.01));
    CHECK(squares / n == doctest::Approx(1.0 / 3).epsilon(0.01));
}

// Masks of dropout are made of them: the uppermost bits count.
TEST_CASE("the numbers of a stream are spread evenly, and neither neighbours nor streams go together") {
    static_assert(stream_number(1, 2, 3) == stream_number(1, 2, 3));
    constexpr std::uint32_t streams = 500, length = 1000;
    constexpr double n = streams * length;
    std::array<double, 256> bytes{};
    double neighbours = 0, lanes = 0;
    for (std::uint64_t s = 0; s < streams; ++s) {
        const auto number = [](std::uint64_t sample, std::uint32_t i) {
            const std::uint64_t k = key(1, Stream::dropout, sample);
            return stream_number(static_cast<std::uint32_t>(k), static_cast<std::uint32_t>(k >> 32), i);
        };
        const auto half = [](std::uint32_t bits) { return bits >> 31 ? 1 : -1; };
        for (std::uint32_t i = 0; i < length; ++i) {
            ++bytes[number(s, i) >> 24];
            neighbours += half(number(s, i)) * half(number(s, i + 1));
            lanes += half(number(s, i)) * half(number(s + 1, i));
        }
    }
    double chi = 0;
    for (const double c : bytes) chi += (c - n / 256) * (c - n / 256) / (n / 256);
    CHECK(chi < 330.5);  // 255 degrees of freedom: 0.1 %
    CHECK(std::abs(neighbours) < 3.3 * std::sqrt(n));
    CHECK(std::abs(lanes) < 3.3 * std::sqrt(n));
    CHECK(stream_number(1, 2, 3) != stream_number(1, 3, 3));
    CHECK(stream_number(1, 2, 3) != stream_number(2, 2, 3));
}

TEST_CASE("below gives every number equally often") {
    static_assert(below(5, 1) == 0);
    std::array<int, 6> count{};
    for (std::uint64_t i = 0; i < 60000; ++i) {
        const auto x = below(key(1, i), 6);
        REQUIRE(x < 6);
        ++count[x];
    }
    double chi = 0;
    for (const int c : count) chi += (c - 10000.0) * (c - 10000.0) / 10000;
    CHECK(chi < 20.5);  // 5 degrees of freedom: 0.1 %

    // Three quarters of 2^32: the plain remainder would give the lowest third twice as often.
    constexpr std::uint32_t n = 3U << 30;
    int low = 0;
    for (std::uint64_t i = 0; i < 30000; ++i) low += below(key(2, i), n) < n / 3;
    CHECK(std::abs(low - 10000) < 350);
}

TEST_CASE("shuffle gives every order equally often, and the same for the same key") {
    std::map<std::array<int, 4>, int> orders;
    for (std::uint64_t i = 0; i < 24000; ++i) {
        std::array<int, 4> items{0, 1, 2, 3};
        shuffle(std::span<int>{items}, key(3, i));
        ++orders[items];
    }
    CHECK(orders.size() == 24);
    double chi = 0;
    for (const auto& [order, c] : orders) chi += (c - 1000.0) * (c - 1000.0) / 1000;
    CHECK(chi < 49.7);  // 23 degrees of freedom: 0.1 %

    std::vector<std::uint32_t> a(1000), b(1000), c(1000);
    for (auto* v : {&a, &b, &c}) std::iota(v->begin(), v->end(), 0U);
    shuffle(std::span{a}, 1);
    shuffle(std::span{b}, 1);
    shuffle(std::span{c}, 2);
    CHECK(a == b);
    CHECK(a != c);
    CHECK(!std::is_sorted(a.begin(), a.end()));
    std::sort(a.begin(), a.end());
    CHECK(a.back() == 999);
    CHECK(std::adjacent_find(a.begin(), a.end()) == a.end());
}
