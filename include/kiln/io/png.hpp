// PNG files of 8-bit pictures.
//
//     kiln::save_png(kiln::picture_of(sample), "digit.png");
//
// Opt-in: it needs stb_image_write.h (Debian: libstb-dev). A program that uses it itself includes that first; then its own
// implementation is used.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/io/atomic_file.hpp"

// Static, so that each translation unit has its own and two of them link; what this one does not call is no fault.
#if !defined(INCLUDE_STB_IMAGE_WRITE_H)
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
#undef STB_IMAGE_WRITE_IMPLEMENTATION
#undef STB_IMAGE_WRITE_STATIC
#undef STBI_WRITE_NO_STDIO
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#endif

namespace kiln {

// height x width pixels of 1 (grey), 3 (RGB) or 4 (RGB and alpha) bytes, row by row from the top.
struct Bitmap {
    std::size_t height = 0, width = 0, channels = 1;
    std::vector<std::uint8_t> bytes;

    std::uint8_t* pixel(std::size_t y, std::size_t x) { return &bytes[(y * width + x) * channels]; }
    const std::uint8_t* pixel(std::size_t y, std::size_t x) const { return &bytes[(y * width + x) * channels]; }
};

// The bytes of a PNG file. DataError where the bitmap has no pixels, not as many bytes as its pixels take, or more than 2^15
// pixels along a side.
static inline std::vector<std::uint8_t> encode_png(const Bitmap& bitmap) {
    constexpr std::size_t longest = 1 << 15;
    const auto& [height, width, channels, bytes] = bitmap;
    if (height < 1 || width < 1 || height > longest || width > longest || channels < 1 || channels > 4 ||
        bytes.size() != height * width * channels)
        fail<DataError>("a bitmap of " + std::to_string(height) + " x " + std::to_string(width) + " pixels of " + std::to_string(channels) +
                        " bytes has " + std::to_string(bytes.size()) + " bytes: it needs height x width x channels of them, 1 to 4 channels, and 1 to " +
                        std::to_string(longest) + " pixels along each side");
    std::vector<std::uint8_t> file;
    const auto append = [](void* to, void* data, int size) {
        const auto* const from = static_cast<const std::uint8_t*>(data);
        static_cast<std::vector<std::uint8_t>*>(to)->insert(static_cast<std::vector<std::uint8_t>*>(to)->end(), from, from + size);
    };
    const auto number = [](std::size_t n) { return static_cast<int>(n); };
    if (stbi_write_png_to_func(append, &file, number(width), number(height), number(channels), bytes.data(), number(width * channels)) == 0)
        fail<DataError>("the bitmap cannot be encoded: there is no memory for it");
    return file;
}

// Written whole or not at all. FileError where it cannot be written, else as encode_png.
static inline void save_png(const Bitmap& bitmap, const std::filesystem::path& path) {
    const auto bytes = encode_png(bitmap);
    AtomicFile file{path};
    file.write(std::as_bytes(std::span{bytes}));
    file.commit();
}

}  // namespace kiln
