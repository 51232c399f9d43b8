#include <doctest/doctest.h>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>
#include "kiln/core/whole_numbers.hpp"

using namespace kiln;

namespace {
template <class T> std::string said(const std::vector<T>& numbers, std::size_t in_sample, std::size_t end = 5) {
    try {
        check_whole(numbers, in_sample, end, "token", "none of the vocabulary");
    } catch (const DataError& error) {
        return error.what();
    }
    return "";
}
const std::string all = " is none of the vocabulary: tokens are whole numbers from 0 to 4";
}  // namespace

TEST_CASE("whole numbers: any type will do, up to the last one") {
    CHECK(said(std::vector{0, 4, 2}, 1) == "");
    CHECK(said(std::vector<float>{0, 4, 2}, 3) == "");
    CHECK(said(std::vector<bool>{true, false}, 1) == "");
    CHECK(said(std::vector<std::uint8_t>{255}, 1, 256) == "");
    CHECK(said(std::vector{-0.0}, 1) == "");
    CHECK(said(std::vector<int>{}, 1) == "");
}

TEST_CASE("whole numbers: the first that is none is named, and where it stands") {
    CHECK(said(std::vector{0, 1, 5, 9}, 1) == "token 5 of sample 2" + all);
    CHECK(said(std::vector{0, 1, -2}, 2) == "token -2 at step 0 of sample 1" + all);
    CHECK(said(std::vector{0, 1, 2, 7}, 0) == "token 7 at position 3" + all);
    CHECK(said(std::vector{0.5}, 1) == "token 0.500000 of sample 0" + all);
    CHECK(said(std::vector{std::nan("")}, 1) != "");
    CHECK(said(std::vector{std::numeric_limits<float>::infinity()}, 1) != "");
    CHECK(said(std::vector{std::numeric_limits<std::uint64_t>::max()}, 1) == "token 18446744073709551615 of sample 0" + all);
    CHECK(said(std::vector{std::numeric_limits<std::int64_t>::min()}, 1) != "");
}
