#include <doctest/doctest.h>
#include <array>
#include <vector>
#include "kiln/layers/identity.hpp"
#include "kiln/report/sheet.hpp"
#include "report/digits.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Colour = std::array<int, 3>;
Colour at(const Bitmap& b, std::size_t y, std::size_t x) { return {b.pixel(y, x)[0], b.pixel(y, x)[1], b.pixel(y, x)[2]}; }
// Pixels of a colour in a part of a sheet.
std::size_t count(const Bitmap& b, const detail::Colour& colour, std::size_t top = 0, std::size_t left = 0, std::size_t height = 9999, std::size_t width = 9999) {
    std::size_t found = 0;
    for (std::size_t y = top; y < std::min(b.height, top + height); ++y)
        for (std::size_t x = left; x < std::min(b.width, left + width); ++x) found += at(b, y, x) == Colour{colour[0], colour[1], colour[2]};
    return found;
}
}  // namespace

TEST_CASE("sheet: pictures in rows and columns, each pixel a square, words below") {
    const Bitmap grey{2, 2, 1, {0, 255, 100, 50}}, glass{2, 2, 4, {200, 100, 0, 255, 200, 100, 0, 0, 0, 0, 0, 128, 9, 9, 9, 0}};
    const Bitmap s = sheet("", {{grey, "a"}, {glass, "b", "more", true}, {grey, "c"}}, 2, 8);
    const std::size_t size = 8;  // of a picture: 4 times its 2 pixels
    CHECK(s.channels == 3);
    CHECK(at(s, 20, 20) == Colour{0, 0, 0});
    CHECK(at(s, 23, 23) == Colour{0, 0, 0});
    CHECK(at(s, 20, 24) == Colour{255, 255, 255});
    CHECK(at(s, 27, 20) == Colour{100, 100, 100});
    CHECK(at(s, 27, 27) == Colour{50, 50, 50});
    CHECK(at(s, 19, 20) == Colour{255, 255, 255});
    // The second picture: opaque, clear and half clear on its frame's grey.
    const std::size_t width = (s.width - 40 - 16) / 2, left = 20 + width + 16;
    CHECK(at(s, 20, left) == Colour{200, 100, 0});
    CHECK(at(s, 20, left + 4) == Colour{238, 240, 242});
    CHECK(at(s, 24, left) == Colour{119, 120, 121});
    CHECK(count(s, detail::dark, 20 + size, 20, 30, width) > 5);
    CHECK(count(s, detail::red, 20 + size, left, 30, width) > 5);
    CHECK(count(s, detail::pale, 20 + size + 22, left, 30, width) > 5);
    CHECK(count(s, detail::red, 0, 0, 9999, left) == 0);
    // The third below the first.
    const std::size_t below = 20 + size + 8 + 2 * 22 + 16;
    CHECK(at(s, below, 20) == Colour{0, 0, 0});
    CHECK(s.height == below + size + 8 + 2 * 22 + 20);
}

TEST_CASE("sheet: odd words and none at all") {
    const Bitmap dot{1, 1, 1, {0}};
    const Bitmap empty = sheet("", {}, 3);
    CHECK((empty.height == 40 && empty.width == 40));
    CHECK(sheet("Ü \n\x7f \xff", {{dot}}, 3, 4).width > 40);
    CHECK(sheet("", {{dot, std::string(500, 'w')}}, 3, 100).width == 40 + 200);  // cut
    CHECK_THROWS_AS(sheet("", {}, 0), OptionError);
}

TEST_CASE("sheet: predictions, wrong ones in red with their label") {
    // The outputs are the samples themselves: the largest of ten numbers.
    std::vector<float> values;
    std::vector<int> labels;
    for (int i = 0; i < 12; ++i)
        for (int k = 0; k < 10; ++k) values.push_back(k == i % 10 ? 1.0F : 0.0F);
    for (int i = 0; i < 12; ++i) labels.push_back(i == 4 ? 9 : i % 10);
    const Model<Identity, Shape<10>> model{Seed{1}};
    const Dataset<Shape<10>, Label> data{values, labels};
    const Bitmap right = prediction_sheet(model, data.take(3)), wrong = prediction_sheet(model, data);
    CHECK(count(right, detail::red) == 0);
    CHECK(count(wrong, detail::red) > 5);
    CHECK(wrong.height > 3 * right.height / 2);       // three rows against one
    const Bitmap wide = prediction_sheet(model, data, {.rows = 1, .columns = 4});
    CHECK(wide.width > wrong.width);
    CHECK(count(wide, detail::red) == 0);              // sample 4 is not on it
    CHECK_THROWS_AS(prediction_sheet(model, data, {.rows = 0}), OptionError);
    CHECK_THROWS_AS(prediction_sheet(model, Dataset<Shape<10>, Label>{}), DataError);
}

TEST_CASE("sheet: kernels") {
    const Model<kiln_test::Small<>, Shape<1, 12, 12>> model{Seed{1}};
    const Bitmap s = kernel_sheet(model);  // four of 3x3, at 21 times their size
    CHECK(s.width == 40 + std::max<std::size_t>(2 * (63 + 16) - 16, detail::Canvas::width_of("0.weight  4x1x3x3")));
    CHECK(s.height == 40 + 22 + 8 + 2 * (63 + 16) - 16);
    const auto weight = model.parameter<"0.weight">();
    const Colour first = at(s, 20 + 30, 20), last = at(s, 20 + 30 + 63 + 16 + 62, 20 + 63 + 16 + 62);
    CHECK((weight(0, 0, 0, 0) > 0) == (first[0] > first[2]));
    CHECK((weight(3, 0, 2, 2) > 0) == (last[0] > last[2]));
    const Model<ReLU, Shape<4>> none{Seed{1}};
    CHECK(contains(message_of<DataError>([&] { kernel_sheet(none); }), "no layer of the network has kernels"));
}
