#include <doctest/doctest.h>
#include <type_traits>
#include "kiln/core/target.hpp"

using kiln::Label, kiln::Number, kiln::Shape, kiln::target_shape;

TEST_CASE("target: a label is one number in lanes, a tensor its own shape") {
    CHECK(std::is_same_v<target_shape<Label>, Shape<1>>);
    CHECK(std::is_same_v<target_shape<Number>, Shape<1>>);
    CHECK(std::is_same_v<target_shape<Shape<3, 4>>, Shape<3, 4>>);
    CHECK(std::is_same_v<target_shape<kiln::Tokens<7, 3>>, Shape<7>>);
    CHECK_FALSE(std::is_same_v<Label, Number>);
    CHECK(kiln::is_classes<Label>);
    CHECK(kiln::is_classes<kiln::Tokens<7, 3>>);
    CHECK_FALSE(kiln::is_classes<Shape<7>>);
}
