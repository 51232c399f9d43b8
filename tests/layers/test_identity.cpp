#include <doctest/doctest.h>
#include "kiln/layers/identity.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Identity, kiln::Shape;

TEST_CASE("Identity: the same numbers") {
    static_assert(std::is_same_v<kiln::output_of<Identity, Shape<3, 2, 5>>, Shape<3, 2, 5>>);
    check_layer_in_all_lanes<Identity, Shape<3, 2, 5>>([](Sample& s) {
        s.y = s.x;
        s.dx = s.dy;
    });
}

static_assert(right_as_constant<Identity, Shape<3>>);
