#include <doctest/doctest.h>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>
#include "kiln/data/byte_buffer.hpp"
#include "kiln/data/samples.hpp"

using namespace kiln;

TEST_CASE("a byte buffer keeps what is written, small or in huge pages, and moves without a copy") {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, (std::size_t{5} << 20) + 3}) {
        ByteBuffer bytes(size);
        REQUIRE(bytes.size() == size);
        std::vector<std::uint8_t> wanted(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = wanted[i] = static_cast<std::uint8_t>(i * i / 3);
        CHECK(std::ranges::equal(bytes, wanted));
        const std::uint8_t* const where = bytes.data();
        ByteBuffer moved = std::move(bytes);
        CHECK(moved.data() == where);
        CHECK(moved.size() == size);
        ByteBuffer other(10);
        other = std::move(moved);
        CHECK(std::ranges::equal(other, wanted));
    }
}

TEST_CASE("a byte buffer can be cut at both ends, and becomes samples where it lies") {
    ByteBuffer bytes(10);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    bytes.drop_front(3);
    bytes.drop_back(1);
    CHECK(std::ranges::equal(bytes, std::vector<std::uint8_t>{3, 4, 5, 6, 7, 8}));
    std::uint8_t* const where = bytes.data();
    const Samples<Shape<2>> samples{std::move(bytes)};
    where[2] = 255;  // the elements, seen from behind
    CHECK(samples.size() == 3);
    CHECK(samples.get(1)(0) == 1);
    CHECK(samples.get(2)(1) == doctest::Approx(8.0 / 255));
}
