#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/layers/same_numbers.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/reference.hpp"

using namespace kiln;

TEST_CASE("SameNumbers: inside a chain such layers take no memory") {
    using Plain = Sequential<Tanh, Tanh>;
    using Long = Sequential<Tanh, Identity, Flatten, Reshape<2, 6>, Tanh>;
    CHECK(workspace<Long, Shape<3, 4>, Mode::training>.kept == workspace<Plain, Shape<3, 4>, Mode::training>.kept);
    CHECK(workspace<Long, Shape<3, 4>, Mode::training>.scratch ==
          workspace<Plain, Shape<3, 4>, Mode::training>.scratch);
    const auto x = random_numbers<float>(7 * 12, 1), dy = random_numbers<float>(7 * 12, 2);
    const auto plain = run_layer<Plain, Shape<3, 4>, native_width<float>>({}, x, dy);
    const auto with = run_layer<Long, Shape<3, 4>, native_width<float>>({}, x, dy);
    CHECK(with.y == plain.y);
    CHECK(with.dx == plain.dx);
}
