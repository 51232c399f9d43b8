#include <doctest/doctest.h>
#include <cstdint>
#include <numeric>
#include <set>
#include <vector>
#include "kiln/data/dataset.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
// The number at row r and column c of channel k of image i.
template <class Element> Element pixel(std::size_t i, std::size_t k, std::size_t r, std::size_t c) {
    return static_cast<Element>((i * 89 + k * 53 + r * 17 + c * 7) % 251);
}
template <class S, class Element> Samples<S> images(std::size_t n) {
    std::vector<Element> elements;
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < S::extents[0]; ++k)
            for (std::size_t r = 0; r < S::extents[1]; ++r)
                for (std::size_t c = 0; c < S::extents[2]; ++c) elements.push_back(pixel<Element>(i, k, r, c));
    return Samples<S>{std::move(elements)};
}

// Samples cut from S by taking a Rows x Columns piece that begins at (top, left), loaded as tiles and copied, against the pixels.
template <class S, std::size_t Rows, std::size_t Columns, class Element, class L>
void check_crop(std::size_t top, std::size_t left) {
    constexpr std::size_t n = 9;
    std::vector<double> stds;
    for (std::size_t k = 0; k < S::extents[0]; ++k) stds.push_back(0.5 + static_cast<double>(k));
    const Normalize normal{3, stds};
    constexpr double unit = std::is_same_v<Element, std::uint8_t> ? 255 : 1;
    const auto cropped = images<S, Element>(n).subset(std::vector<int>{8, 7, 6, 5, 4, 3, 2, 1, 0}).transformed(normal).template cropped<Rows, Columns>();
    static_assert(std::is_same_v<typename decltype(cropped.subset(std::vector<int>{}))::shape, Shape<S::extents[0], Rows, Columns>>);
    const std::vector<SampleIndex> which{2, 0, 8};
    std::vector<L> tile(Rows * Columns * S::extents[0] + 1, L(-77));
    cropped.load(std::span{which}, tile.data());
    const auto values = cropped.template values<double>(which);
    std::size_t f = 0;
    for (std::size_t k = 0; k < S::extents[0]; ++k)
        for (std::size_t r = 0; r < Rows; ++r)
            for (std::size_t c = 0; c < Columns; ++c, ++f)
                for (std::size_t lane = 0; lane < std::min<std::size_t>(3, lane_count<L>); ++lane) {
                    const double wanted = (static_cast<double>(pixel<Element>(8 - which[lane], k, top + r, left + c)) / unit - 3) / stds[k];
                    REQUIRE(values(lane, k, r, c) == doctest::Approx(wanted));
                    REQUIRE(static_cast<double>(to_lanes(tile[f])[lane]) == doctest::Approx(wanted).epsilon(1e-5));
                }
    REQUIRE(to_lanes(tile[f])[0] == -77);  // nothing is written behind the tile
}
}  // namespace

TEST_CASE("a crop is the middle of every image, in tiles, tensors and subsets") {
    using L = Lanes<float, 8>;
    check_crop<Shape<1, 28, 28>, 24, 24, std::uint8_t, L>(2, 2);
    check_crop<Shape<1, 28, 28>, 24, 24, std::uint8_t, Lanes<float, 16>>(2, 2);
    check_crop<Shape<1, 28, 28>, 24, 24, std::uint8_t, Lanes<double, 4>>(2, 2);
    check_crop<Shape<3, 7, 11>, 4, 6, std::uint8_t, L>(1, 2);    // an odd margin: the smaller half is above
    check_crop<Shape<3, 7, 11>, 7, 3, float, L>(0, 4);
    check_crop<Shape<2, 5, 200>, 3, 150, double, L>(1, 25);      // rows longer than what is loaded at a time
    check_crop<Shape<2, 5, 200>, 3, 2, std::uint8_t, L>(1, 99);  // a row of the image is longer than what is loaded at a time
    check_crop<Shape<1, 28, 28>, 28, 28, std::uint8_t, L>(0, 0);
    check_crop<Shape<1, 28, 28>, 24, 24, float, float>(2, 2);
}

TEST_CASE("a crop of a crop counts from the first one's corner; moments are those of what is left") {
    const auto all = images<Shape<2, 9, 9>, std::uint8_t>(3);
    const auto twice = all.cropped<7, 7>().cropped<3, 5>(), once = all.cropped<3, 5>();
    CHECK(twice.values() == once.values());
    const Samples<Shape<2, 3, 5>> copy{once.values<double>()};
    for (std::size_t c = 0; c < 2; ++c) {
        CHECK(once.moments().mean[c] == doctest::Approx(copy.moments().mean[c]).epsilon(1e-12));
        CHECK(once.moments().std[c] == doctest::Approx(copy.moments().std[c]).epsilon(1e-12));
    }
    CHECK(Samples<Shape<1, 4, 4>>{}.cropped<2, 2>().empty());
}

TEST_CASE("a shift moves a crop by whole pixels in a training step, by its key and sample alone") {
    using L = Lanes<float, 8>;
    constexpr std::size_t n = 40;
    std::vector<int> labels(n);
    const Dataset<Shape<1, 8, 8>, Label> data{images<Shape<1, 8, 8>, float>(n), labels};
    const auto cropped = data.cropped<4, 4>({.shift = 2});
    const auto tile_of = [](const auto& source, std::vector<SampleIndex> which) {
        std::vector<L> tile(16);
        source.load_inputs(std::span<const SampleIndex>{which}, tile.data());
        return tile;
    };
    const auto corner_of = [&](const auto& source, SampleIndex i, std::size_t lane, std::vector<SampleIndex> which) {
        const auto tile = tile_of(source, std::move(which));
        for (std::size_t r = 0; r <= 4; ++r)
            for (std::size_t c = 0; c <= 4; ++c) {
                bool same = true;
                for (std::size_t f = 0; f < 16; ++f) same = same && to_lanes(tile[f])[lane] == pixel<float>(i, 0, r + f / 4, c + f % 4);
                if (same) return std::pair{r, c};
            }
        return std::pair<std::size_t, std::size_t>{99, 99};
    };
    std::multiset<std::pair<std::size_t, std::size_t>> seen;
    for (std::uint64_t step = 0; step < 25; ++step)
        for (SampleIndex i = 0; i < n; ++i) seen.insert(corner_of(cropped.drawn(key(5, step)), i, 0, {i}));
    CHECK(seen.count({99, 99}) == 0);
    for (std::size_t r = 0; r <= 4; ++r)
        for (std::size_t c = 0; c <= 4; ++c) CHECK(seen.count({r, c}) >= 15);  // 40 expected

    const auto step = cropped.drawn(key(5, 1));
    const auto corner = corner_of(step, 7, 0, {7});
    CHECK(corner_of(step, 7, 3, {1, 2, 3, 7}) == corner);  // wherever it stands in a tile,
    CHECK(corner_of(cropped.subset(std::vector<int>{3, 7}).drawn(key(5, 1)), 7, 0, {1}) == corner);  // and in a subset
    CHECK(corner_of(cropped, 7, 0, {7}) == std::pair<std::size_t, std::size_t>{2, 2});  // at inference: the middle
    CHECK(cropped.samples().get(7)(0, 0, 0) == pixel<float>(7, 0, 2, 2));
}

TEST_CASE("a crop lies so many pixels off the middle, and a shift moves it from there") {
    const auto all = images<Shape<2, 9, 8>, std::uint8_t>(3);
    for (int down = -2; down <= 3; ++down)
        for (int right = -1; right <= 2; ++right) {
            const auto piece = all.cropped<4, 5>({.down = down, .right = right}).values();
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t c = 0; c < 2; ++c)
                    for (std::size_t r = 0; r < 4; ++r)
                        for (std::size_t k = 0; k < 5; ++k)
                            CHECK(piece(i, c, r, k) == all.get(i)(c, r + static_cast<std::size_t>(2 + down), k + static_cast<std::size_t>(1 + right)));
        }

    const Dataset<Shape<1, 8, 8>, Label> data{images<Shape<1, 8, 8>, float>(1), std::vector<int>(1)};
    std::set<float> corners;
    const SampleIndex first = 0;
    for (std::uint64_t step = 0; step < 200; ++step) {
        std::array<float, 16> tile{};
        data.cropped<4, 4>({.shift = 1, .down = 1, .right = -1}).drawn(key(5, step)).load_inputs(std::span{&first, 1}, tile.data());
        corners.insert(tile[0]);
    }
    std::set<float> expected;
    for (std::size_t r = 2; r <= 4; ++r)
        for (std::size_t c = 0; c <= 2; ++c) expected.insert(pixel<float>(0, 0, r, c));
    CHECK(corners == expected);
}

TEST_CASE("a crop, or a shift of one, that would leave the image is refused") {
    const auto all = images<Shape<1, 28, 28>, std::uint8_t>(1);
    CHECK(all.cropped<24, 24>({.shift = 2}).size() == 1);
    CHECK(all.cropped<24, 24>({.shift = 1, .down = -1}).size() == 1);
    const auto refused = [&](Crop crop, const char* expected) {
        return message_of<OptionError>([&] { all.cropped<24, 25>(crop); }).find(expected) != std::string::npos;
    };
    CHECK(refused({.shift = 2}, "inside the image: 0 to 1"));
    CHECK(refused({.shift = 1, .right = -1}, "inside the image: 0 to 0"));
    CHECK(refused({.down = 3}, "inside the image: -2 to 2"));
    CHECK(refused({.right = -2}, "inside the image: -1 to 2"));
}
