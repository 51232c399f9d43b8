// Pictures of one's own: read a PNG, BMP, PGM or PPM file as grey, and turn a picture of a digit into what a
// network trained on MNIST expects.
//
//     const auto digit = kiln::as_mnist_digit(kiln::read_image("three.png"));      // 1x28x28
//
// Opt-in: it needs stb_image.h (Debian: libstb-dev). A program that uses stb_image itself includes that first; then
// its own implementation is used.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>
#include "kiln/core/error.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/data/file.hpp"
#include "kiln/tensor/tensor.hpp"

// No JPEG: a hostile one writes past a table of stb_image 2.27, which is Debian's (found by fuzzing).
//
// Static, so that each translation unit has its own and two of them link; what this one does not call is no fault.
#if !defined(STBI_INCLUDE_STB_IMAGE_H)
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wsign-compare"
#endif
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_MAX_DIMENSIONS (1 << 15)
#include <stb/stb_image.h>
#undef STB_IMAGE_IMPLEMENTATION
#undef STB_IMAGE_STATIC
#undef STBI_NO_STDIO
#undef STBI_NO_LINEAR
#undef STBI_NO_HDR
#undef STBI_ONLY_PNG
#undef STBI_ONLY_BMP
#undef STBI_MAX_DIMENSIONS
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#endif

namespace kiln {

// height x width grey values, row by row from the top, 0 black to 1 white.
struct Image {
    std::size_t height = 0, width = 0;
    std::vector<float> grey;

    float operator()(std::size_t y, std::size_t x) const { return grey[y * width + x]; }
};

namespace detail {
// Before memory is taken for what a header claims.
inline void check_pixels(const std::string& name, std::uint64_t width, std::uint64_t height) {
    constexpr std::uint64_t most = 1 << 26;
    if (width < 1 || height < 1 || width > most || height > most || width * height > most)
        fail<FormatError>(name + " claims " + std::to_string(width) + " x " + std::to_string(height) +
                          " pixels, expected at least 1 and at most " + std::to_string(most));
}

// As television greys colours (ITU-R BT.601).
inline float luma(float red, float green, float blue) { return 0.299F * red + 0.587F * green + 0.114F * blue; }

// Netpbm's grey and colour pictures, P2 and P3 in text, P5 and P6 in binary: read here, since stb_image knows no text
// and takes a truncated file for a whole one.
//
//     P5 | width | height | largest value | pixels        with white space or # comments between the numbers
class Pnm {
public:
    Pnm(std::span<const std::uint8_t> bytes, const std::string& name) : bytes_(bytes), name_(name) {}

    static bool begins(std::span<const std::uint8_t> bytes) {
        return bytes.size() > 2 && bytes[0] == 'P' &&
               (bytes[1] == '2' || bytes[1] == '3' || bytes[1] == '5' || bytes[1] == '6');
    }

    Image read() {
        const bool text = bytes_[1] <= '3', colour = bytes_[1] % 3 == 0;
        const std::uint64_t width = number("its width"), height = number("its height"),
                            largest = number("its largest value");
        check_pixels(name_, width, height);
        if (largest < 1 || largest > 65535)
            fail<FormatError>(name_ + " says that its largest value is " + std::to_string(largest) +
                              ", expected 1 to 65535");
        ++at_;  // one white space

        const std::size_t values = width * height * (colour ? 3 : 1), wide = largest > 255 ? 2 : 1;
        const std::size_t least = text ? 2 * values - 1 : wide * values;  // bytes: a digit each, and what parts them
        const std::size_t found = bytes_.size() - std::min(at_, bytes_.size());
        if (found < least)
            fail<FormatError>(name_ + " is truncated: its " + std::to_string(width) + " x " + std::to_string(height) +
                              " pixels take " + std::to_string(least) + " bytes, and " + std::to_string(found) +
                              " follow its header");
        const auto value = [&] {
            std::uint64_t v = 0;
            if (text) v = number("a pixel");
            else
                for (std::size_t i = 0; i < wide; ++i) v = v << 8 | bytes_[at_++];
            return static_cast<float>(std::min(v, largest)) / static_cast<float>(largest);
        };
        Image image{height, width, std::vector<float>(width * height)};
        for (float& grey : image.grey) {
            grey = value();
            if (colour) {
                const float green = value(), blue = value();
                grey = luma(grey, green, blue);
            }
        }
        return image;
    }

private:
    std::uint64_t number(const char* what) {
        const auto is_space = [](std::uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
        while (at_ < bytes_.size() && (is_space(bytes_[at_]) || bytes_[at_] == '#'))
            if (bytes_[at_++] == '#')
                while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
        std::uint64_t n = 0;
        const std::size_t first = at_;
        for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9' && at_ < first + 10; ++at_)
            n = 10 * n + (bytes_[at_] - '0');
        if (at_ == first)
            fail<FormatError>(name_ + " is a corrupt picture: expected " + what + " at byte " + std::to_string(at_));
        return n;
    }

    std::span<const std::uint8_t> bytes_;
    const std::string& name_;
    std::size_t at_ = 2;
};
}  // namespace detail

// The picture in the bytes of a file, which errors call `name`: PNG, BMP, PGM or PPM. Colours are greyed, and
// what is transparent lies on white. FormatError where the bytes are no such picture, are corrupt or truncated, or
// claim more than 2^26 pixels.
static inline Image decode_image(std::span<const std::uint8_t> bytes, const std::string& name) {
    if (detail::Pnm::begins(bytes)) return detail::Pnm{bytes, name}.read();
    const auto reason = [] {
        const char* text = stbi_failure_reason();
        return std::string{text ? text : "no reason given"};
    };
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        fail<FormatError>(name + " has " + std::to_string(bytes.size()) + " bytes, too many for a picture");
    const auto length = static_cast<int>(bytes.size());
    int width = 0, height = 0, channels = 0;
    if (!stbi_info_from_memory(bytes.data(), length, &width, &height, &channels))
        fail<FormatError>(name + " is not a PNG, BMP, PGM or PPM picture, or its header is corrupt (" + reason() +
                          "): convert it to PNG");
    detail::check_pixels(name, static_cast<std::uint64_t>(width), static_cast<std::uint64_t>(height));
    const std::unique_ptr<stbi_uc, void (*)(void*)> pixels{
        stbi_load_from_memory(bytes.data(), length, &width, &height, &channels, STBI_rgb_alpha), stbi_image_free};
    if (!pixels) fail<FormatError>(name + " is a corrupt picture (" + reason() + "): save it again");

    Image image{static_cast<std::size_t>(height), static_cast<std::size_t>(width), {}};
    image.grey.resize(image.height * image.width);
    const stbi_uc* rgba = pixels.get();
    for (float& grey : image.grey) {
        const float alpha = rgba[3] / 255.0F;
        grey = std::clamp(alpha * detail::luma(rgba[0], rgba[1], rgba[2]) / 255.0F + (1 - alpha), 0.0F, 1.0F);
        rgba += 4;
    }
    return image;
}

// The picture in a PNG, BMP, PGM or PPM file. FileError where it cannot be read, else as decode_image.
static inline Image read_image(const std::filesystem::path& path) {
    return decode_image(read_file(path), path.string());
}

namespace detail {
// A line of `from` values at another length: every new value is the mean of what it covers, weighted by a triangle
// one new (or, when it grows, one old) step to each side. Shrinking averages areas, growing interpolates.
inline void resample(const float* from, std::size_t from_stride, std::size_t from_size, float* to,
                     std::size_t to_stride, std::size_t to_size) {
    const float step = static_cast<float>(from_size) / static_cast<float>(to_size), reach = std::max(1.0F, step);
    for (std::size_t i = 0; i < to_size; ++i) {
        const float centre = (static_cast<float>(i) + 0.5F) * step - 0.5F;
        const auto first = static_cast<std::size_t>(std::max(0.0F, std::ceil(centre - reach)));
        const auto last = std::min(from_size - 1, static_cast<std::size_t>(std::max(0.0F, centre + reach)));
        float total = 0, weights = 0;
        for (std::size_t k = first; k <= last; ++k) {
            const float weight = std::max(0.0F, 1 - std::abs(static_cast<float>(k) - centre) / reach);
            total += weight * from[k * from_stride];
            weights += weight;
        }
        to[i * to_stride] = total / weights;
    }
}

inline Image resized(const Image& image, std::size_t height, std::size_t width) {
    Image narrow{image.height, width, std::vector<float>(image.height * width)};
    for (std::size_t y = 0; y < image.height; ++y)
        resample(&image.grey[y * image.width], 1, image.width, &narrow.grey[y * width], 1, width);
    Image result{height, width, std::vector<float>(height * width)};
    for (std::size_t x = 0; x < width; ++x)
        resample(&narrow.grey[x], width, image.height, &result.grey[x], width, height);
    return result;
}

// Ink 0 to 1 on nothing, whichever of the two was the lighter: the border is the background.
inline Image ink_of(const Image& image) {
    std::vector<float> border;
    for (std::size_t y = 0; y < image.height; ++y)
        for (std::size_t x = 0; x < image.width; ++x)
            if (y == 0 || x == 0 || y + 1 == image.height || x + 1 == image.width) border.push_back(image(y, x));
    if (border.empty()) fail<DataError>("the picture has no pixels");
    const auto middle = border.begin() + static_cast<std::ptrdiff_t>(border.size() / 2);
    std::nth_element(border.begin(), middle, border.end());
    const float background = *middle;
    const auto [darkest, lightest] = std::minmax_element(image.grey.begin(), image.grey.end());
    const bool dark_ink = background - *darkest > *lightest - background;
    const float contrast = dark_ink ? background - *darkest : *lightest - background;
    constexpr float least = 0.1F;  // of the whole range of greys
    if (contrast < least)
        fail<DataError>("the picture shows no ink: its greys differ from the background's by at most " +
                        std::to_string(contrast) + ", expected at least " + std::to_string(least));
    // The faintest tenth is the grain of paper.
    constexpr float grain = 0.1F;
    Image ink = image;
    for (float& v : ink.grey) {
        const float strength = (dark_ink ? background - v : v - background) / contrast;
        v = std::clamp((strength - grain) / (1 - grain), 0.0F, 1.0F);
    }
    return ink;
}

// The smallest part that holds all the ink.
inline Image cropped(const Image& ink) {
    std::size_t top = ink.height, bottom = 0, left = ink.width, right = 0;
    for (std::size_t y = 0; y < ink.height; ++y)
        for (std::size_t x = 0; x < ink.width; ++x)
            if (ink(y, x) > 0) {
                top = std::min(top, y);
                bottom = std::max(bottom, y + 1);
                left = std::min(left, x);
                right = std::max(right, x + 1);
            }
    Image box{bottom - top, right - left, {}};
    for (std::size_t y = top; y < bottom; ++y)
        for (std::size_t x = left; x < right; ++x) box.grey.push_back(ink(y, x));
    return box;
}
}  // namespace detail

// A picture of one digit as MNIST has it, 1x28x28 in [0, 1], light ink on black, by the recipe of MNIST's README:
// inverted where the background is light, contrast stretched, cropped to the ink, scaled to fit 20x20 with its aspect
// kept, and its centre of mass put at the centre. DataError where the picture shows no ink.
inline Tensor<float, 3> as_mnist_digit(const Image& image) {
    constexpr std::size_t field = 28, fit = 20;
    const Image box = detail::cropped(detail::ink_of(image));
    const std::size_t longest = std::max(box.height, box.width);
    const auto scaled = [&](std::size_t side) {
        return std::max<std::size_t>(1, (side * fit + longest / 2) / longest);
    };
    Image digit = detail::resized(box, scaled(box.height), scaled(box.width));
    // Thin strokes have paled.
    const float strongest = *std::max_element(digit.grey.begin(), digit.grey.end());
    for (float& v : digit.grey) v /= strongest;

    float mass = 0, down = 0, across = 0;
    for (std::size_t y = 0; y < digit.height; ++y)
        for (std::size_t x = 0; x < digit.width; ++x) {
            mass += digit(y, x);
            down += digit(y, x) * static_cast<float>(y);
            across += digit(y, x) * static_cast<float>(x);
        }
    // At pixel 14, counted from 0, which is where MNIST's own digits have it (to within half a pixel, all of them).
    const auto place = [](float centre, std::size_t side) {
        const float first = std::round(static_cast<float>(field) / 2 - centre);
        return static_cast<std::size_t>(std::clamp(first, 0.0F, static_cast<float>(field - side)));
    };
    const std::size_t top = place(down / mass, digit.height), left = place(across / mass, digit.width);

    auto tensor = make_sample<float, Shape<1, field, field>>();
    std::fill_n(tensor.data(), field * field, 0.0F);
    for (std::size_t y = 0; y < digit.height; ++y)
        for (std::size_t x = 0; x < digit.width; ++x) tensor(0, top + y, left + x) = digit(y, x);
    return tensor;
}

}  // namespace kiln
