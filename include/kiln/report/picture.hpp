// Numbers as pictures: samples, kernels, activations.
//
// Numbers lie as Planes, with the extents read so:
//
//     C, H, W    C planes            n           one row; as a sample 28 x 28, say, where n is a square from 64 on
//     H, W       one plane           ..., H, W   as many planes as the axes before the last two have entries
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>
#include "kiln/io/png.hpp"
#include "kiln/tensor/tensor.hpp"

namespace kiln {

struct Planes {
    std::size_t count = 0, height = 0, width = 0;
    std::vector<float> values;  // plane by plane, row by row

    std::span<const float> plane(std::size_t i) const { return std::span{values}.subspan(i * height * width, height * width); }
    float operator()(std::size_t i, std::size_t y, std::size_t x) const { return values[(i * height + y) * width + x]; }
    // The largest absolute value.
    float largest() const {
        float most = 0;
        for (const float v : values) most = std::max(most, std::abs(v));
        return most;
    }
};

namespace detail {
template <class T> Planes planes_of(std::span<const std::size_t> extents, const T* values) {
    Planes planes{1, extents.size() > 1 ? extents[extents.size() - 2] : 1, extents.empty() ? 1 : extents.back(), {}};
    for (std::size_t axis = 0; axis + 2 < extents.size(); ++axis) planes.count *= extents[axis];
    const std::size_t size = planes.count * planes.height * planes.width;
    planes.values.resize(size);
    std::transform(values, values + size, planes.values.begin(), [](T v) { return static_cast<float>(v); });
    return planes;
}
// The same for what is a sample, or weights that meet one.
template <class T> Planes sample_planes(std::span<const std::size_t> extents, const T* values) {
    Planes planes = planes_of(extents, values);
    const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(planes.width))));
    if (planes.count * planes.height == 1 && side >= 8 && side * side == planes.width) planes.height = planes.width = side;
    return planes;
}

// The colours of numbers of either sign.
inline constexpr std::array<std::uint8_t, 3> above_zero{234, 112, 30}, below_zero{60, 120, 226};

// 0 to 255; what is no number is 0.
inline std::uint8_t byte_of(float v) { return v > 0 ? static_cast<std::uint8_t>(std::lround(255 * std::min(v, 1.0F))) : std::uint8_t{0}; }
}  // namespace detail

// Three planes in colour, any other number side by side in grey; 0 is black and 1 white. Where values lie outside [0, 1] (a
// sample that was normalised), the smallest is black and the largest white.
inline Bitmap picture_of(const Planes& planes) {
    const auto [low, high] = std::minmax_element(planes.values.begin(), planes.values.end());
    const bool stretch = *low < -1e-6F || *high > 1 + 1e-6F;
    const float from = stretch ? *low : 0, scale = stretch && *high > *low ? 1 / (*high - *low) : 1;
    const bool colour = planes.count == 3;
    Bitmap bitmap{planes.height, colour ? planes.width : planes.count * planes.width, colour ? 3U : 1U, {}};
    bitmap.bytes.resize(bitmap.height * bitmap.width * bitmap.channels);
    for (std::size_t i = 0; i < planes.count; ++i)
        for (std::size_t y = 0; y < planes.height; ++y)
            for (std::size_t x = 0; x < planes.width; ++x)
                *(colour ? bitmap.pixel(y, x) + i : bitmap.pixel(y, i * planes.width + x)) = detail::byte_of((planes(i, y, x) - from) * scale);
    return bitmap;
}

// Of a sample: a tensor of CxHxW, HxW or n numbers.
Bitmap picture_of(const auto& sample)
    requires requires { sample.shape(); }
{
    const std::vector<std::size_t> extents(sample.shape().begin(), sample.shape().end());
    const auto& numbers = in_rows<std::remove_cvref_t<decltype(*sample.begin())>>(sample);
    return picture_of(detail::sample_planes(std::span{extents}, first_number(numbers)));
}

// A plane of numbers of either sign: orange above zero, blue below, the stronger the larger; zero is transparent, so that the
// picture stands on a light page and on a dark one. `largest` is what is opaque.
inline Bitmap signed_picture(std::span<const float> plane, std::size_t height, std::size_t width, float largest) {
    Bitmap bitmap{height, width, 4, {}};
    for (const float v : plane) {
        const auto& [red, green, blue] = v > 0 ? detail::above_zero : detail::below_zero;
        bitmap.bytes.insert(bitmap.bytes.end(), {red, green, blue, largest > 0 ? detail::byte_of(std::abs(v) / largest) : std::uint8_t{0}});
    }
    return bitmap;
}
// Three planes that belong together, a kernel on a colour image: in colour about grey. Any other number: side by side.
inline Bitmap signed_picture(const Planes& planes, float largest) {
    Planes shown{1, planes.height, planes.count * planes.width, {}};
    if (planes.count == 3) {
        shown = planes;
        for (float& v : shown.values) v = largest > 0 ? 0.5F + 0.5F * v / largest : 0.5F;
        return picture_of(shown);
    }
    for (std::size_t y = 0; y < planes.height; ++y)
        for (std::size_t i = 0; i < planes.count; ++i)
            for (std::size_t x = 0; x < planes.width; ++x) shown.values.push_back(planes(i, y, x));
    return signed_picture(shown.values, shown.height, shown.width, largest);
}

}  // namespace kiln
