// Crop: the same piece of every image, and in training a piece drawn near it, anew for every step.
//
//     const auto train = mnist.train.cropped<24, 24>({.shift = 1});    // Dataset<Shape<1, 24, 24>, Label>
//     const auto test = mnist.test.cropped<24, 24>();
//     trainer.fit(train, {.validation = &test});                       // predict, evaluate and get see the middle
//
// Nothing is copied: a crop moves the place where an image's elements begin. Where the margins allow it this is a random
// translation without a border to fill. What is drawn is a function of the trainer's seed, the step and the sample.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include "kiln/core/option.hpp"
#include "kiln/core/random.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/transpose.hpp"

namespace kiln {

// How a crop lies in its image.
struct Crop {
    // In training up to so many pixels off the middle, each way, in both directions; at most the margin.
    std::size_t shift = 0;
};

namespace detail {

// Where a sample's elements lie among those of the images it is cut from. The distances are in elements.
struct Window {
    std::size_t begin = 0, sample = 0, plane = 0, row = 0;  // the first of them; from one sample, channel or row to the next
    std::size_t shift = 0;                                  // of a training step, in pixels

    // All of a sample; only images, of three axes, have rows.
    template <class S> static constexpr Window whole() { return {0, S::size, S::size / first_axis<S>, last_axis<S>, 0}; }

    // The middle Rows x Columns of what was an S. OptionError where a shift would leave the image.
    template <std::size_t Rows, std::size_t Columns, class S> Window middle(Crop crop) const {
        constexpr std::size_t above = (S::extents[1] - Rows) / 2, left = (S::extents[2] - Columns) / 2;
        check_option(crop.shift <= std::min(above, left), "Crop", "shift", static_cast<double>(crop.shift),
                     ("at most the margin, " + std::to_string(std::min(above, left))).c_str());
        return {begin + above * row + left, sample, plane, row, crop.shift};
    }

    // How far a sample's place is from the middle in one step, in elements; the key is the step's.
    std::ptrdiff_t drawn(std::uint64_t step, std::size_t sample_number) const {
        const auto pixels = [&](std::uint64_t axis) {
            return static_cast<std::ptrdiff_t>(below(key(step, sample_number, axis), static_cast<std::uint32_t>(2 * shift + 1))) -
                   static_cast<std::ptrdiff_t>(shift);
        };
        return shift == 0 ? 0 : pixels(0) * static_cast<std::ptrdiff_t>(row) + pixels(1);
    }
};

// load_rows of images S: from[lane] is where the image of a lane begins. Several rows of an image are loaded at a time, with what
// lies between them, for load_rows takes 64 elements in its stride; the columns wanted then move to the tile.
template <class S, class L, class Element>
void load_windows(const std::array<const Element*, lane_count<L>>& from, const Window& window, const scalar<L>* scale, const scalar<L>* shift, L* tile) {
    constexpr std::size_t rows = S::extents[1], columns = S::extents[2], block = std::max<std::size_t>(128, columns);
    const std::size_t at_once = 1 + (block - columns) / window.row;
    std::array<L, block> elements;
    for (std::size_t c = 0; c < first_axis<S>; ++c)
        for (std::size_t y = 0; y < rows; y += at_once) {
            const std::size_t count = std::min(at_once, rows - y);
            auto first = from;
            for (const Element*& element : first) element += c * window.plane + y * window.row;
            load_rows<L>(first, (count - 1) * window.row + columns, 1, scale + c, shift + c, elements.data());
            for (std::size_t r = 0; r < count; ++r, tile += columns) std::copy_n(elements.data() + r * window.row, columns, tile);
        }
}

}  // namespace detail
}  // namespace kiln
