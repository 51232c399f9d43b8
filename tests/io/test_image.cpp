#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>
#include "kiln/data/mnist.hpp"
#include "kiln/io/image.hpp"
#include "support/files.hpp"
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb/stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

using namespace kiln;
using namespace kiln_test;

namespace {
// The bytes of a picture in the format of a stb_image_write function, whose last arguments follow the pixels.
Bytes written(auto write, int width, int height, int channels, const Bytes& pixels, auto... rest) {
    Bytes bytes;
    const auto append = [](void* to, void* data, int size) {
        const auto* from = static_cast<const std::uint8_t*>(data);
        static_cast<Bytes*>(to)->insert(static_cast<Bytes*>(to)->end(), from, from + size);
    };
    REQUIRE(write(+append, &bytes, width, height, channels, pixels.data(), rest...) != 0);
    return bytes;
}
Bytes png(int width, int height, int channels, const Bytes& pixels) {
    return written(stbi_write_png_to_func, width, height, channels, pixels, width * channels);
}
Bytes pnm(const std::string& header, const Bytes& pixels) { return Bytes(header.begin(), header.end()) + pixels; }
std::string refused(const Bytes& bytes) {
    return message_of<FormatError>([&] { decode_image(bytes, "x"); });
}

// How near a point is to the strokes of a seven in the unit square: its distance.
float seven(float x, float y) {
    const auto segment = [&](float ax, float ay, float bx, float by) {
        const float dx = bx - ax, dy = by - ay;
        const float t = std::clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0F, 1.0F);
        return std::hypot(x - ax - t * dx, y - ay - t * dy);
    };
    return std::min(segment(0.2F, 0.1F, 0.8F, 0.1F), segment(0.8F, 0.1F, 0.4F, 0.9F));
}
// A seven `size` pixels large at (left, top), from the grey of the paper to that of the ink, with soft edges.
Image picture(std::size_t height, std::size_t width, float paper, float ink, float size, float left, float top) {
    Image image{height, width, std::vector<float>(height * width)};
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x) {
            const float distance =
                seven((static_cast<float>(x) + 0.5F - left) / size, (static_cast<float>(y) + 0.5F - top) / size);
            const float strength = std::clamp((0.08F - distance) * size + 0.5F, 0.0F, 1.0F);
            image.grey[y * width + x] = paper + strength * (ink - paper);
        }
    return image;
}
float largest_difference(const Tensor<float, 3>& a, const Tensor<float, 3>& b) {
    float largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a.data()[i] - b.data()[i]));
    return largest;
}
// The cosine of the angle between two digits.
double alike(const Tensor<float, 3>& a, const Tensor<float, 3>& b) {
    double ab = 0, aa = 0, bb = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
        const double x = a.data()[k], y = b.data()[k];
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return ab / std::sqrt(aa * bb);
}
// First and last row (or column) with any ink, and the centre of mass along it.
struct Extent {
    std::size_t first = 28, last = 0;
    float centre = 0;
    std::size_t size() const { return last + 1 - first; }
};
std::pair<Extent, Extent> extents(const Tensor<float, 3>& digit) {
    Extent down, across;
    float mass = 0;
    for (std::size_t y = 0; y < 28; ++y)
        for (std::size_t x = 0; x < 28; ++x) {
            const float v = digit(0, y, x);
            mass += v;
            down.centre += v * static_cast<float>(y);
            across.centre += v * static_cast<float>(x);
            if (v > 0) {
                down.first = std::min(down.first, y);
                down.last = std::max(down.last, y);
                across.first = std::min(across.first, x);
                across.last = std::max(across.last, x);
            }
        }
    down.centre /= mass;
    across.centre /= mass;
    return {down, across};
}
}  // namespace

TEST_CASE("PGM and PPM, greyed") {
    const TemporaryFolder folder;
    const Image grey =
        read_image(folder.write("x.pgm", pnm("P5\n# a comment\n3 2\n255\n", {0, 51, 102, 153, 204, 255})));
    CHECK(grey.height == 2);
    CHECK(grey.width == 3);
    for (std::size_t i = 0; i < 6; ++i) CHECK(grey.grey[i] == doctest::Approx(0.2 * static_cast<double>(i)));
    CHECK(grey(1, 0) == doctest::Approx(0.6));

    const Image text = read_image(folder.write("text.pgm", pnm("P2 3 1 # wide\n 10\n0 5\n 10\n", {})));
    CHECK(text.grey == std::vector<float>{0, 0.5F, 1});
    const Image wide = read_image(folder.write("wide.pgm", pnm("P5 2 1 1000 ", {0, 250, 3, 232})));
    CHECK(wide.grey == std::vector<float>{0.25F, 1});
    CHECK(decode_image(pnm("P3 1 1 255 0 255 0", {}), "x")(0, 0) == doctest::Approx(0.587));

    const Image colours =
        read_image(folder.write("x.ppm", pnm("P6 4 1 255\n", {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255})));
    CHECK(colours(0, 0) == doctest::Approx(0.299));
    CHECK(colours(0, 1) == doctest::Approx(0.587));
    CHECK(colours(0, 2) == doctest::Approx(0.114));
    CHECK(colours(0, 3) == doctest::Approx(1));
}

TEST_CASE("PNG and BMP") {
    const Bytes pixels{0, 51, 102, 153, 204, 255};
    for (const Bytes& bytes : {png(3, 2, 1, pixels), written(stbi_write_bmp_to_func, 3, 2, 1, pixels)}) {
        const Image image = decode_image(bytes, "x");
        CHECK(image.height == 2);
        REQUIRE(image.width == 3);
        for (std::size_t i = 0; i < 6; ++i) CHECK(image.grey[i] == doctest::Approx(0.2 * static_cast<double>(i)));
    }
}

TEST_CASE("what is transparent is white") {
    const Image image = decode_image(png(3, 1, 4, {0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 51}), "x");
    CHECK(image(0, 0) == 1);
    CHECK(image(0, 1) == 0);
    CHECK(image(0, 2) == doctest::Approx(0.8));
}

TEST_CASE("files that are no picture are refused") {
    CHECK(contains(message_of<FileError>([] { read_image("/nowhere/three.png"); }),
                   "/nowhere/three.png: there is no such file"));
    CHECK(refused({}).starts_with("x is not a PNG, BMP, PGM or PPM picture"));
    CHECK(refused({'h', 'e', 'l', 'l', 'o'}).starts_with("x is not a PNG, BMP, PGM or PPM picture"));
    CHECK(refused(written(stbi_write_jpg_to_func, 16, 8, 1, Bytes(128, 102), 95)).ends_with("convert it to PNG"));
    CHECK(refused({'G', 'I', 'F', '8', '9', 'a'}).ends_with("convert it to PNG"));
    const TemporaryFolder folder;
    const auto path = folder.write("x.png", {1, 2, 3});
    CHECK(message_of<FormatError>([&] { read_image(path); }).starts_with(path.string() + " is not a PNG"));
}

TEST_CASE("a corrupt picture is refused") {
    Bytes pixels(64 * 64);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * i);
    const Bytes good = png(64, 64, 1, pixels);
    CHECK(refused(good) == "");
    Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(good.size() / 2));
    CHECK(refused(cut).starts_with("x is a corrupt picture ("));
    Bytes bad = good;
    std::fill(bad.begin() + 41, bad.begin() + 200, std::uint8_t{0xff});
    CHECK(refused(bad).starts_with("x is a corrupt picture ("));
    CHECK(refused(pnm("P5 64 64 255\n", Bytes(100))) ==
          "x is truncated: its 64 x 64 pixels take 4096 bytes, and 100 follow its header");
    CHECK(refused(pnm("P5 64 64 255\n", Bytes(4095))) != "");
    CHECK(refused(pnm("P5 64 64 255\n", Bytes(4096))) == "");
    CHECK(refused(pnm("P6 64 64 65535\n", Bytes(6 * 4096 - 1))) != "");
    CHECK(refused(pnm("P2 2 1 255 7", {})) == "x is truncated: its 2 x 1 pixels take 3 bytes, and 1 follow its header");
    CHECK(refused(pnm("P2 2 1 255 7 x", {})) == "x is a corrupt picture: expected a pixel at byte 13");
    CHECK(refused(pnm("P5 64", {})) == "x is a corrupt picture: expected its height at byte 5");
    CHECK(refused(pnm("P5 6 4 0\n", {})) == "x says that its largest value is 0, expected 1 to 65535");
    CHECK(refused(pnm("P5 1 1 255", {})) != "");
}

TEST_CASE("a header that claims too many pixels is refused before memory is taken") {
    Bytes hostile = png(1, 1, 1, {0});
    hostile[18] = hostile[22] = 0x75;  // 29953 x 29953: each side is allowed, their product is not
    CHECK(refused(hostile) == "x claims 29953 x 29953 pixels, expected at least 1 and at most 67108864");
    hostile[16] = 0x7f;
    CHECK(refused(hostile) != "");
    CHECK(refused(pnm("P5 2000000000 2000000000 255\n", {})).starts_with("x claims 2000000000 x 2000000000 pixels"));
    CHECK(refused(pnm("P5 99999999999999999999 1 255\n", {})) != "");
    CHECK(refused(pnm("P5 0 1 255\n", {})).starts_with("x claims 0 x 1 pixels"));
    CHECK(refused(pnm("P5 32000 32000 255\n", {})) ==
          "x claims 32000 x 32000 pixels, expected at least 1 and at most 67108864");
}

TEST_CASE("a digit fills 20 of 28 pixels, centred by its mass, at full contrast") {
    const auto digit = as_mnist_digit(picture(200, 160, 1, 0, 120, 20, 40));
    CHECK(digit.shape() == std::array<std::size_t, 3>{1, 28, 28});
    CHECK(*std::min_element(digit.data(), digit.data() + digit.size()) == 0);
    CHECK(*std::max_element(digit.data(), digit.data() + digit.size()) == 1);
    const auto [down, across] = extents(digit);
    CHECK(down.size() >= 19);
    CHECK(down.size() <= 20);
    CHECK(across.size() >= 14);  // 0.76 of 0.96 of its height
    CHECK(across.size() <= 17);
    CHECK(std::abs(down.centre - 14) <= 0.51F);
    CHECK(std::abs(across.centre - 14) <= 0.51F);
}

TEST_CASE("dark on light and light on dark give the same digit, whatever the contrast, place and size") {
    const auto digit = as_mnist_digit(picture(200, 200, 1, 0, 140, 30, 30));
    CHECK(largest_difference(digit, as_mnist_digit(picture(200, 200, 0, 1, 140, 30, 30))) < 1e-4F);
    CHECK(largest_difference(digit, as_mnist_digit(picture(200, 200, 0.6F, 0.3F, 140, 30, 30))) < 1e-3F);
    CHECK(largest_difference(digit, as_mnist_digit(picture(300, 400, 0.2F, 0.9F, 140, 200, 90))) < 1e-3F);
    CHECK(largest_difference(digit, as_mnist_digit(picture(600, 600, 1, 0, 420, 100, 100))) < 0.2F);
    CHECK(alike(digit, as_mnist_digit(picture(600, 600, 1, 0, 420, 100, 100))) > 0.99);
    CHECK(alike(digit, as_mnist_digit(picture(28, 28, 0, 1, 22, 3, 3))) >
          0.85);  // one pixel aside where its centre falls between two
    CHECK(alike(digit, as_mnist_digit(picture(14, 14, 0, 1, 12, 1, 1))) > 0.8);

    Image mirrored = picture(200, 200, 1, 0, 140, 30, 30);
    for (std::size_t y = 0; y < 200; ++y) std::reverse(&mirrored.grey[200 * y], &mirrored.grey[200 * y] + 200);
    CHECK(alike(digit, as_mnist_digit(mirrored)) < 0.7);
}

TEST_CASE("a stroke keeps its aspect, at any size") {
    for (const std::size_t scale : {std::size_t{1}, std::size_t{3}, std::size_t{30}}) {
        Image stroke{20 * scale, 12 * scale, std::vector<float>(240 * scale * scale, 1.0F)};
        for (std::size_t y = 5 * scale; y < 15 * scale; ++y)
            for (std::size_t x = 5 * scale; x < 7 * scale; ++x) stroke.grey[y * stroke.width + x] = 0;
        const auto [down, across] = extents(as_mnist_digit(stroke));
        CHECK(down.size() == 20);
        CHECK(across.size() == 4);
        CHECK(down.first >= 4);
        CHECK(down.first <= 5);
        CHECK(across.first >= 12);
        CHECK(across.first <= 13);
    }
}

TEST_CASE("a digit that touches the border is read, too") {
    Image stroke{40, 40, std::vector<float>(1600, 0.9F)};
    for (std::size_t y = 0; y < 40; ++y) stroke.grey[y * 40 + 20] = stroke.grey[y * 40 + 21] = 0.1F;
    const auto [down, across] = extents(as_mnist_digit(stroke));
    CHECK(down.size() == 20);
    CHECK(across.size() == 1);
}

TEST_CASE("a picture without ink is refused") {
    const auto message = [](const Image& image) { return message_of<DataError>([&] { as_mnist_digit(image); }); };
    CHECK(message({50, 50, std::vector<float>(2500, 0.7F)}) ==
          "the picture shows no ink: its greys differ from the background's by at most 0.000000, expected at least "
          "0.100000");
    CHECK(message(picture(50, 50, 0.5F, 0.55F, 40, 5, 5)).starts_with("the picture shows no ink"));
    CHECK(message({1, 1, {1.0F}}).starts_with("the picture shows no ink"));
    CHECK(message({}) == "the picture has no pixels");
    CHECK(message(picture(50, 50, 0.5F, 0.65F, 40, 5, 5)) == "");
}

TEST_CASE("a real digit, enlarged, inverted and moved, comes back") {
    const auto folder = mnist_folder();
    if (!folder) {
        MESSAGE("KILN_DATA_DIR is not set: the real MNIST is not read");
        return;
    }
    const auto samples = datasets::mnist(*folder).test.samples();
    double total = 0;
    for (std::size_t i = 0; i < 100; ++i) {
        const auto x = samples.get(i);
        constexpr std::size_t scale = 9;
        Image image{28 * scale + 60, 28 * scale + 100, {}};
        image.grey.assign(image.height * image.width, 1.0F);
        for (std::size_t y = 0; y < 28 * scale; ++y)
            for (std::size_t k = 0; k < 28 * scale; ++k)
                image.grey[(y + 50) * image.width + k + 20] = 1 - x(0, y / scale, k / scale);
        total += alike(x, as_mnist_digit(image));
    }
    CHECK(total / 100 > 0.97);
}
