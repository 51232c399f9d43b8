// Crop: the same piece of every image, and in training a piece drawn near it, anew for every step.
//
//     const auto train = mnist.train.cropped<24, 24>({.shift = 1});    // Dataset<Shape<1, 24, 24>, Label>
//     const auto test = mnist.test.cropped<24, 24>();
//     trainer.fit(train, {.validation = &test});                       // predict, evaluate and get see the middle,
//     const auto lower = mnist.test.cropped<24, 24>({.down = 1});      // or the piece that is asked for
//
// Nothing is copied: a crop moves the place where an image's elements begin. Where the margins allow it this is a random
// translation without a border to fill. What is drawn is a function of the trainer's seed, the step and the sample.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include "kiln/core/option.hpp"
#include "kiln/core/random.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/transpose.hpp"

namespace kiln {

// How a crop lies in its image.
struct Crop {
    // In training up to so many pixels off its place, each way, in both directions.
    std::size_t shift = 0;
    // Its place, in pixels from the middle. All of it stays inside the image.
    std::ptrdiff_t down = 0, right = 0;
};

namespace detail {

// Where a sample's elements lie among those of the images it is cut from. The distances are in elements.
struct Window {
    std::size_t begin = 0, sample = 0, plane = 0, row = 0;  // the first of them; from one sample, channel or row to the next
    std::size_t shift = 0;                                  // of a training step, in pixels

    // All of a sample; only images, of three axes, have rows.
    template <class S> static constexpr Window whole() { return {0, S::size, S::size / first_axis<S>, last_axis<S>, 0}; }

    // Rows x Columns of what was an S. OptionError where they, or a shift of them, would leave the image.
    template <std::size_t Rows, std::size_t Columns, class S> Window piece(Crop crop) const {
        constexpr auto spare_rows = static_cast<std::ptrdiff_t>(S::extents[1] - Rows), spare_columns = static_cast<std::ptrdiff_t>(S::extents[2] - Columns);
        const std::ptrdiff_t above = spare_rows / 2 + crop.down, left = spare_columns / 2 + crop.right;
        const auto check = [](bool in_range, const char* option, auto value, std::ptrdiff_t least, std::ptrdiff_t most) {
            check_option(in_range, "Crop", option, static_cast<double>(value), ("inside the image: " + std::to_string(least) + " to " + std::to_string(most)).c_str());
        };
        check(above >= 0 && above <= spare_rows, "down", crop.down, -(spare_rows / 2), spare_rows - spare_rows / 2);
        check(left >= 0 && left <= spare_columns, "right", crop.right, -(spare_columns / 2), spare_columns - spare_columns / 2);
        const std::ptrdiff_t margin = std::min({above, spare_rows - above, left, spare_columns - left});
        check(std::cmp_less_equal(crop.shift, margin), "shift", crop.shift, 0, margin);
        return {begin + static_cast<std::size_t>(above) * row + static_cast<std::size_t>(left), sample, plane, row, crop.shift};
    }

    // How far a sample's piece is from the crop's place in one step, in elements; the key is the step's.
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
