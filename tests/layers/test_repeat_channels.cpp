#include <doctest/doctest.h>
#include "kiln/layers/repeat_channels.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::RepeatChannels, kiln::Shape;

namespace {
void reference(Sample& s) {
    for (std::size_t out = 0; out < s.y.size(); ++out) {
        s.y[out] = s.x[out % s.x.size()];
        s.dx[out % s.x.size()] += s.dy[out];
    }
}
}  // namespace

TEST_CASE("RepeatChannels: the channels several times over") {
    check_layer_in_all_lanes<RepeatChannels<3>, Shape<2, 3, 2>>(reference);
    check_layer<RepeatChannels<8>, Shape<1, 4, 3>>(reference);
    check_layer<RepeatChannels<1>, Shape<2, 3>>(reference);
    check_layer<RepeatChannels<2>, Shape<5>>(reference);
}

TEST_CASE("RepeatChannels: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<RepeatChannels<8>, Shape<1, 28, 28>>, Shape<8, 28, 28>>);
    static_assert(std::is_same_v<kiln::output_of<RepeatChannels<2>, Shape<5>>, Shape<10>>);
    CHECK(RepeatChannels<8>::name().view() == "RepeatChannels<8>");
}

static_assert(right_as_constant<RepeatChannels<2>, Shape<2, 2, 2>>);
