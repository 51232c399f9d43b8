#include <doctest/doctest.h>
#include <array>
#include <limits>
#include <vector>
#include "kiln/data/dataset.hpp"
#include "kiln/report/picture.hpp"

using namespace kiln;
using Bytes = std::vector<std::uint8_t>;

namespace {
Planes planes(std::vector<std::size_t> extents, bool sample = false) {
    std::vector<double> values;
    std::size_t size = 1;
    for (const std::size_t e : extents) size *= e;
    for (std::size_t i = 0; i < size; ++i) values.push_back(static_cast<double>(i));
    return sample ? detail::sample_planes<double>(extents, values.data()) : detail::planes_of<double>(extents, values.data());
}
std::array<std::size_t, 3> extents(const Planes& p) { return {p.count, p.height, p.width}; }
}  // namespace

TEST_CASE("picture: extents as planes") {
    using E = std::array<std::size_t, 3>;
    CHECK(extents(planes({2, 3, 4})) == E{2, 3, 4});
    CHECK(extents(planes({3, 4})) == E{1, 3, 4});
    CHECK(extents(planes({64})) == E{1, 1, 64});
    CHECK(extents(planes({2, 3, 4, 5})) == E{6, 4, 5});
    CHECK(extents(planes({})) == E{1, 1, 1});
    // A sample of a square number of features, from 64 on.
    CHECK(extents(planes({784}, true)) == E{1, 28, 28});
    CHECK(extents(planes({64}, true)) == E{1, 8, 8});
    CHECK(extents(planes({49}, true)) == E{1, 1, 49});
    CHECK(extents(planes({80}, true)) == E{1, 1, 80});
    CHECK(extents(planes({1, 64}, true)) == E{1, 8, 8});
    CHECK(extents(planes({2, 64}, true)) == E{1, 2, 64});
    const Planes p = planes({2, 3, 4});
    CHECK(p(1, 2, 3) == 23);
    CHECK(p.plane(1).front() == 12);
    CHECK(p.largest() == 23);
}

TEST_CASE("picture: a grey sample, a colour one, other channels side by side") {
    const Tensor<float, 2> grey{{0, 1}, {0.5F, 0.25F}};
    const Bitmap g = picture_of(grey);
    CHECK(g.channels == 1);
    CHECK(g.bytes == Bytes{0, 255, 128, 64});

    const Tensor<float, 3> colour{{{0, 1}}, {{0.2F, 0.4F}}, {{0.6F, 0.8F}}};  // 3x1x2
    const Bitmap c = picture_of(colour);
    CHECK((c.height == 1 && c.width == 2 && c.channels == 3));
    CHECK(c.bytes == Bytes{0, 51, 153, 255, 102, 204});

    const Tensor<double, 3> two{{{0, 1}, {0, 0}}, {{1, 0}, {1, 1}}};  // 2x2x2
    const Bitmap t = picture_of(two);
    CHECK((t.height == 2 && t.width == 4 && t.channels == 1));
    CHECK(t.bytes == Bytes{0, 255, 255, 0, 0, 0, 255, 255});
}

TEST_CASE("picture: what lies outside [0, 1] is stretched to it") {
    CHECK(picture_of(Tensor<float, 2>{{-1, 0, 3}}).bytes == Bytes{0, 64, 255});
    CHECK(picture_of(Tensor<float, 2>{{5, 5}}).bytes == Bytes{0, 0});
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(picture_of(Tensor<float, 2>{{0.5F, nan}}).bytes == Bytes{128, 0});
    // Another order in memory, and integers.
    const xt::xtensor<float, 2, xt::layout_type::column_major> columns{{0, 1}, {0, 0}};
    CHECK(picture_of(columns).bytes == Bytes{0, 255, 0, 0});
    CHECK(picture_of(Tensor<std::uint8_t, 2>{{0, 100, 255}}).bytes == Bytes{0, 100, 255});
}

TEST_CASE("picture: numbers of either sign are a colour each, as strong as they are large") {
    const std::vector<float> values{2, -1, 0, -2};
    const Bitmap b = signed_picture(values, 2, 2, 2);
    CHECK((b.height == 2 && b.width == 2 && b.channels == 4));
    const auto alpha = [&](std::size_t i) { return int{b.bytes[4 * i + 3]}; };
    CHECK((alpha(0) == 255 && alpha(1) == 128 && alpha(2) == 0 && alpha(3) == 255));
    CHECK(b.bytes[0] > b.bytes[2]);           // orange: more red than blue
    CHECK(b.bytes[4] < b.bytes[6]);           // blue
    CHECK(b.bytes[12] == b.bytes[4]);
    CHECK(signed_picture(values, 2, 2, 0).bytes[3] == 0);  // all zero: nothing to see, nothing divided by

    const Bitmap side = signed_picture(Planes{2, 1, 2, values}, 2);
    CHECK((side.height == 1 && side.width == 4 && side.bytes == b.bytes));
    const Bitmap rgb = signed_picture(Planes{3, 1, 1, {2, 0, -2}}, 2);
    CHECK(rgb.channels == 3);
    CHECK(rgb.bytes == Bytes{255, 128, 0});
}
