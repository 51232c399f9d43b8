// Extent2: a height and a width, as a template argument that one number gives too: MaxPool<2>, MaxPool<Extent2{2, 1}>.
#pragma once
#include <cstddef>
#include "kiln/core/text.hpp"

namespace kiln {

struct Extent2 {
    std::size_t height, width;

    constexpr Extent2(std::size_t both) : height(both), width(both) {}
    constexpr Extent2(std::size_t height_, std::size_t width_) : height(height_), width(width_) {}
    friend constexpr bool operator==(const Extent2&, const Extent2&) = default;
};

// "3", or "3x5" where the two differ.
constexpr Text extent_text(Extent2 e) { return e.height == e.width ? text(e.height) : text(e.height, "x", e.width); }

}  // namespace kiln
