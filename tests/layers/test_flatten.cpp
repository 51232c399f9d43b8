#include <doctest/doctest.h>
#include "kiln/layers/flatten.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Flatten, kiln::Shape;

TEST_CASE("Flatten: the same numbers as one row") {
    static_assert(std::is_same_v<kiln::output_of<Flatten, Shape<3, 2, 5>>, Shape<30>>);
    check_layer_in_all_lanes<Flatten, Shape<3, 2, 5>>([](Sample& s) {
        s.y = s.x;
        s.dx = s.dy;
    });
}

static_assert(right_as_constant<Flatten, Shape<2, 3>>);
