#include <doctest/doctest.h>
#include "kiln/layers/reshape.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Reshape, kiln::Shape;

TEST_CASE("Reshape: the same numbers under another shape") {
    static_assert(std::is_same_v<kiln::output_of<Reshape<5, 6>, Shape<3, 2, 5>>, Shape<5, 6>>);
    check_layer_in_all_lanes<Reshape<5, 6>, Shape<3, 2, 5>>([](Sample& s) {
        s.y = s.x;
        s.dx = s.dy;
    });
}

TEST_CASE("Reshape: takes any input of as many numbers") {
    CHECK(Reshape<1, 28, 28>::accepts<Shape<784>>);
    CHECK(!Reshape<1, 28, 28>::accepts<Shape<28, 27>>);
    CHECK(Reshape<1, 28, 28>::name().view() == "Reshape<1,28,28>");
    CHECK(Reshape<1, 28, 28>::expected().view() == "784 numbers");
}

static_assert(right_as_constant<Reshape<3, 2>, Shape<6>>);
