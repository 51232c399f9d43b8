#include <doctest/doctest.h>
#include "kiln/layers/global_avg_pool.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::GlobalAvgPool, kiln::Shape;

namespace {
template <std::size_t Channels> void reference(Sample& s) {
    const std::size_t pixels = s.x.size() / Channels;
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t p = 0; p < pixels; ++p) {
            s.y[c] += s.x[c * pixels + p] / static_cast<double>(pixels);
            s.dx[c * pixels + p] = s.dy[c] / static_cast<double>(pixels);
        }
}
}  // namespace

TEST_CASE("GlobalAvgPool: the mean of every channel") {
    static_assert(std::is_same_v<kiln::output_of<GlobalAvgPool, Shape<5, 3, 7>>, Shape<5>>);
    check_layer_in_all_lanes<GlobalAvgPool, Shape<5, 3, 7>>(reference<5>);
    check_layer<GlobalAvgPool, Shape<2, 1, 1>>(reference<2>);
    check_layer<GlobalAvgPool, Shape<3, 4>>(reference<3>);
    CHECK(!GlobalAvgPool::accepts<Shape<7>>);
}

static_assert(right_as_constant<GlobalAvgPool, Shape<2, 2, 3>>);
