#include <doctest/doctest.h>
#include "kiln/layers/pool.hpp"

using kiln::Extent2, kiln::Pool, kiln::Shape;

TEST_CASE("Pool: the extents of the output are PyTorch's, rounded down") {
    static_assert(std::is_same_v<kiln::output_of<Pool<2, 2, 0>, Shape<3, 7, 8>>, Shape<3, 3, 4>>);
    static_assert(std::is_same_v<kiln::output_of<Pool<3, 2, 1>, Shape<3, 7, 8>>, Shape<3, 4, 4>>);
    static_assert(
        std::is_same_v<kiln::output_of<Pool<Extent2{1, 3}, Extent2{2, 1}, 0>, Shape<1, 5, 4>>, Shape<1, 3, 2>>);
    CHECK(Pool<3, 3, 0>::accepts<Shape<1, 3, 3>>);
    CHECK(!Pool<3, 3, 0>::accepts<Shape<1, 2, 9>>);
    CHECK(!Pool<3, 3, 0>::accepts<Shape<1, 9, 2>>);
    CHECK(!Pool<3, 3, 0>::accepts<Shape<9, 9>>);
}

TEST_CASE("Pool: its name, without what is PyTorch's default") {
    CHECK(kiln::detail::pool_name("MaxPool", 2, 2, 0).view() == "MaxPool<2>");
    CHECK(kiln::detail::pool_name("MaxPool", 3, 2, 0).view() == "MaxPool<3,2>");
    CHECK(kiln::detail::pool_name("AvgPool", 3, 3, 1).view() == "AvgPool<3,3,1>");
    CHECK(kiln::detail::pool_name("AvgPool", {2, 1}, {2, 1}, 0).view() == "AvgPool<2x1>");
    CHECK(kiln::detail::pool_name("AvgPool", 3, 2, 1, false).view() == "AvgPool<3,2,1 not counted>");
}
