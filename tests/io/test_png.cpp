#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <vector>
#include "kiln/io/image.hpp"
#include "kiln/io/png.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
Bytes pixels(std::size_t n) {
    Bytes bytes;
    for (std::size_t i = 0; i < n; ++i) bytes.push_back(static_cast<std::uint8_t>(37 * i + i * i / 7));
    return bytes;
}
}  // namespace

TEST_CASE("png: what is written is what is read") {
    const Bitmap grey{5, 7, 1, pixels(35)};
    const Image read = decode_image(encode_png(grey), "grey");
    REQUIRE(read.height == 5);
    REQUIRE(read.width == 7);
    for (std::size_t i = 0; i < 35; ++i) CHECK(read.grey[i] == doctest::Approx(grey.bytes[i] / 255.0));
    CHECK(read(2, 3) == doctest::Approx(*grey.pixel(2, 3) / 255.0));

    const Bitmap colour{3, 2, 3, pixels(18)}, glass{2, 2, 4, {200, 100, 50, 0, 200, 100, 50, 255, 0, 0, 0, 128, 255, 255, 255, 128}};
    const Image luma = decode_image(encode_png(colour), "colour"), on_white = decode_image(encode_png(glass), "glass");
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(luma.grey[i] == doctest::Approx((0.299 * colour.bytes[3 * i] + 0.587 * colour.bytes[3 * i + 1] + 0.114 * colour.bytes[3 * i + 2]) / 255));
    CHECK(on_white.grey[0] == doctest::Approx(1));
    CHECK(on_white.grey[1] == doctest::Approx((0.299 * 200 + 0.587 * 100 + 0.114 * 50) / 255));
    CHECK(on_white.grey[2] == doctest::Approx(1 - 128 / 255.0));
    CHECK(on_white.grey[3] == doctest::Approx(1));
}

TEST_CASE("png: saved whole, over what was there, or not at all") {
    const TemporaryFolder folder;
    const Bitmap small{1, 1, 1, {7}};
    const auto path = folder.write("a.png", {1, 2, 3});
    save_png(small, path);
    CHECK(read_image(path).grey == std::vector<float>{7 / 255.0F});
    CHECK_THROWS_AS(save_png({1, 1, 3, {1, 2}}, path), DataError);
    CHECK(read_image(path).width == 1);
    CHECK_THROWS_AS(save_png(small, folder.path() / "nowhere" / "a.png"), FileError);
}

TEST_CASE("png: a bitmap that is none is refused") {
    for (const Bitmap& bad : {Bitmap{}, Bitmap{0, 3, 1, {}}, Bitmap{2, 2, 1, pixels(3)}, Bitmap{2, 2, 1, pixels(5)}, Bitmap{1, 1, 5, pixels(5)}, Bitmap{1, 1, 0, {}},
                              Bitmap{1, (1 << 15) + 1, 1, pixels((1 << 15) + 1)}})
        CHECK(contains(message_of<DataError>([&] { encode_png(bad); }), "height x width x channels"));
}
