#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/workspace.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"

using namespace kiln;

namespace {
using Net = Sequential<Linear<5, 7>, Tanh, Linear<7, 3>>;
using In = Shape<5>;
}  // namespace

TEST_CASE("workspace: a tile's arrays do not overlap, and inference has no gradients") {
    constexpr auto training = tile_layout<Net, In, Mode::training>;
    static_assert(training[0] == 0 && training[1] == 5 && training[2] == 8 && training[3] == 13 && training[4] == 16);
    static_assert(training[5] - training[4] == workspace<Net, In, Mode::training>.kept);
    static_assert(tile_extent<Net, In, Mode::training> == training[5] + workspace<Net, In, Mode::training>.scratch);
    constexpr auto inference = tile_layout<Net, In, Mode::inference>;
    static_assert(inference[1] == 5 && inference[2] == 8 && inference[4] == 8);
    static_assert(tile_extent<Net, In, Mode::inference> < tile_extent<Net, In, Mode::training>);
    const float parameters[1]{};
    const auto at = root_place<Net, In, Mode::training>(parameters, static_cast<const float*>(nullptr));
    CHECK(at.x == training[0]);
    CHECK(at.y == training[1]);
    CHECK(at.dx == training[2]);
    CHECK(at.dy == training[3]);
    CHECK(at.kept == training[4]);
    CHECK(at.scratch == training[5]);
    CHECK(at.parameters == parameters);
    CHECK(at.gradient == 0);
    CHECK(at.instance == 0);
}

TEST_CASE("workspace: a tile is one register wide or two, and one where two would be too large") {
    constexpr std::size_t native = native_width<float>;
    static_assert(tile_width<Net, In, float> == native || tile_width<Net, In, float> == 2 * native);
    static_assert((tile_width<Net, In, float> == 2 * native) == (register_count < 32 && native > 1));
    static_assert(tile_width<Linear<60'000, 2>, Shape<60'000>, float> == native);
    CHECK(tile_width<Net, In, double> % native_width<double> == 0);
}
