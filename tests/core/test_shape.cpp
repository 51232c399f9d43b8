#include <doctest/doctest.h>
#include <type_traits>
#include <vector>
#include "kiln/core/shape.hpp"

using namespace kiln;

TEST_CASE("shape: sizes, extents and offsets, row-major") {
    using S = Shape<2, 3, 4>;
    static_assert(S::rank == 3 && S::size == 24 && S::extent == 24);
    static_assert(S::extents == std::array<std::size_t, 3>{2, 3, 4});
    static_assert(S::offset(0, 0, 0) == 0 && S::offset(1, 2, 3) == 23 && S::offset(0, 1, 2) == 6);
    std::size_t next = 0;
    for (std::size_t i = 0; i < 2; ++i)
        for (std::size_t j = 0; j < 3; ++j)
            for (int k = 0; k < 4; ++k) CHECK(S::offset(i, j, k) == next++);
    static_assert(Shape<>::rank == 0 && Shape<>::size == 1 && Shape<>::offset() == 0);
    static_assert(Shape<3, 0>::size == 0);
    static_assert(is_shape<S> && is_shape<Shape<>> && !is_shape<int>);
}

TEST_CASE("shape: its axes") {
    using S = Shape<2, 3, 4>;
    static_assert(first_axis<S> == 2 && last_axis<S> == 4);
    static_assert(first_axis<Shape<>> == 1 && last_axis<Shape<>> == 1);
    CHECK(std::is_same_v<with_last_axis<S, 7>, Shape<2, 3, 7>>);
    CHECK(std::is_same_v<with_last_axis<Shape<5>, 7>, Shape<7>>);
    CHECK(std::is_same_v<row_shape<S>, Shape<3, 4>>);
    CHECK(std::is_same_v<row_shape<Shape<5>>, Shape<>>);
}

TEST_CASE("shape: a type out of a list, also where one occurs twice") {
    CHECK(std::is_same_v<type_at<0, int, char, int>, int>);
    CHECK(std::is_same_v<type_at<1, int, char, int>, char>);
    CHECK(std::is_same_v<type_at<2, int, char, int>, int>);
}

TEST_CASE("shape: unroll calls in order, and round_up rounds up") {
    std::vector<std::size_t> seen;
    unroll<4>([&]<std::size_t I>() { seen.push_back(I); });
    CHECK(seen == std::vector<std::size_t>{0, 1, 2, 3});
    unroll<0>([&]<std::size_t I>() { seen.push_back(I); });
    CHECK(seen.size() == 4);
    CHECK(round_up(0, 16) == 0);
    CHECK(round_up(1, 16) == 16);
    CHECK(round_up(16, 16) == 16);
    CHECK(round_up(17, 16) == 32);
}
