// Sheets: pictures in rows and columns with words below them, as one bitmap to save.
//
//     kiln::save_png(kiln::prediction_sheet(model, mnist.test), "predictions.png");   // 3x3, with the accuracy
//     kiln::save_png(kiln::kernel_sheet(model), "kernels.png");
//
// Words are in ASCII; another character is a question mark. Opt-in: it needs stb_easy_font.h (Debian: libstb-dev).
#pragma once
#include <array>
#include <cmath>
#include <string>
#include <vector>
#include "kiln/core/option.hpp"
#include "kiln/report/answers.hpp"
#include "kiln/report/kernels.hpp"
#include "kiln/report/picture.hpp"
#include "kiln/report/words.hpp"
#if !defined(INCLUDE_STB_EASY_FONT_H)
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wcast-align"
#endif
#include <stb/stb_easy_font.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
#endif

namespace kiln {

// A picture of a sheet, and the words below it; those of the second line are paler.
struct SheetEntry {
    Bitmap picture;
    std::string words = {}, more = {};
    bool marked = false;  // the words in red
};
struct SheetOptions {
    std::size_t rows = 3, columns = 3;
    std::vector<std::string> classes = {};  // their names; numbers where there are none
};

namespace detail {
using Colour = std::array<std::uint8_t, 3>;
inline constexpr Colour frame{238, 240, 242}, dark{28, 33, 39}, pale{98, 108, 118}, red{190, 60, 10};

class Canvas {
public:
    Canvas(std::size_t height, std::size_t width) : bitmap_{height, width, 3, std::vector<std::uint8_t>(height * width * 3, 255)} {}

    void fill(std::size_t top, std::size_t left, std::size_t height, std::size_t width, const Colour& colour) {
        for (std::size_t y = top; y < std::min(top + height, bitmap_.height); ++y)
            for (std::size_t x = left; x < std::min(left + width, bitmap_.width); ++x) std::ranges::copy(colour, bitmap_.pixel(y, x));
    }
    // Every pixel as a square of `scale`; what is transparent lets the canvas through.
    void paste(const Bitmap& picture, std::size_t top, std::size_t left, std::size_t scale) {
        for (std::size_t y = 0; y < picture.height * scale; ++y)
            for (std::size_t x = 0; x < picture.width * scale; ++x) {
                const std::uint8_t* const from = picture.pixel(y / scale, x / scale);
                std::uint8_t* const to = bitmap_.pixel(top + y, left + x);
                const unsigned alpha = picture.channels == 4 ? from[3] : 255U;
                for (std::size_t c = 0; c < 3; ++c)
                    to[c] = static_cast<std::uint8_t>((alpha * from[picture.channels == 1 ? 0 : c] + (255 - alpha) * to[c] + 127) / 255);
            }
    }
    // One line of at most `width` pixels.
    void write(std::string text, std::size_t top, std::size_t left, std::size_t width, const Colour& colour) {
        while (width_of(text) > width) text.pop_back();
        for (char& c : text) c = known(c);
        std::vector<std::array<float, 16>> quads(80 * text.size() + 1);  // 4 corners of x, y, z, colour
        const int count = stb_easy_font_print(0, 0, text.data(), nullptr, quads.data(), static_cast<int>(quads.size() * sizeof quads[0]));
        for (int i = 0; i < count; ++i) {
            const auto& quad = quads[static_cast<std::size_t>(i)];
            const auto at = [&](std::size_t k) { return static_cast<std::size_t>(quad[k]) * font_scale; };
            fill(top + at(1), left + at(0), at(9) - at(1), at(8) - at(0), colour);
        }
    }
    static std::size_t width_of(std::string text) {
        for (char& c : text) c = known(c);
        return font_scale * static_cast<std::size_t>(stb_easy_font_width(text.data()));
    }
    Bitmap& bitmap() { return bitmap_; }

private:
    static constexpr std::size_t font_scale = 2;
    static char known(char c) { return c < ' ' || c > '~' ? '?' : c; }

    Bitmap bitmap_;
};
}  // namespace detail

// Entries row by row below a title, each picture in whole multiples of its pixels at about `side` pixels. Words that are more
// than twice as wide are cut.
static inline Bitmap sheet(const std::string& title, const std::vector<SheetEntry>& entries, std::size_t columns, std::size_t side = 112) {
    check_option(columns > 0, "sheet", "columns", 0, "at least 1");
    constexpr std::size_t margin = 20, gap = 16, line = 22;
    const auto scale = [&](const Bitmap& b) { return std::max<std::size_t>(1, side / std::max(b.height, b.width)); };
    std::size_t height = 0, width = 0, widest = 0, lines = 0;
    for (const SheetEntry& e : entries) {
        height = std::max(height, e.picture.height * scale(e.picture));
        width = std::max(width, e.picture.width * scale(e.picture));
        widest = std::max({widest, detail::Canvas::width_of(e.words), detail::Canvas::width_of(e.more)});
        lines = std::max<std::size_t>(lines, e.more.empty() ? !e.words.empty() : 2);
    }
    width = std::max(width, std::min(widest, 2 * width));
    columns = std::min(columns, std::max<std::size_t>(1, entries.size()));
    const std::size_t rows = (entries.size() + columns - 1) / columns, head = title.empty() ? 0 : line + gap / 2;
    const std::size_t cell = height + (lines > 0 ? 8 + lines * line : 0) + gap;
    const std::size_t inside = std::max(columns * (width + gap) - gap, detail::Canvas::width_of(title));
    detail::Canvas canvas{2 * margin + head + std::max(rows * cell, gap) - gap, 2 * margin + inside};
    canvas.write(title, margin, margin, inside, detail::dark);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& [picture, words, more, marked] = entries[i];
        const std::size_t top = margin + head + i / columns * cell, left = margin + i % columns * (width + gap);
        canvas.fill(top, left, picture.height * scale(picture), picture.width * scale(picture), detail::frame);
        canvas.paste(picture, top, left, scale(picture));
        canvas.write(words, top + height + 8, left, width, marked ? detail::red : detail::dark);
        canvas.write(more, top + height + 8 + line, left, width, detail::pale);
    }
    return std::move(canvas.bitmap());
}

// The first samples with what the network takes them for, wrong answers in red with their label, and above them how many of
// the whole data set it gets right. Errors as of answers(); OptionError where there are no rows or columns.
template <class Net, class Input, class T>
Bitmap prediction_sheet(const Model<Net, Input, T>& model, const Dataset<Input, Label>& data, const SheetOptions& options = {}) {
    check_option(options.rows > 0, "prediction_sheet", "rows", 0, "at least 1");
    const auto all = answers(model, data);
    std::vector<SheetEntry> entries;
    for (std::size_t i = 0; i < std::min(all.size(), options.rows * options.columns); ++i)
        entries.push_back({picture_of(data.samples().get(i)), class_name(options.classes, all[i].prediction),
                           all[i].right() ? "" : "label " + class_name(options.classes, all[i].label), !all[i].right()});
    const std::size_t right = right_answers(all);
    const double fraction = static_cast<double>(right) / static_cast<double>(all.size());
    return sheet(words::percent(fraction) + " of " + words::grouped(all.size()) + " right", entries, options.columns);
}

// The kernels of the network's first layer, orange above zero and blue below: at most 64. DataError where no layer has any.
template <class Net, class Input, class T> Bitmap kernel_sheet(const Model<Net, Input, T>& model) {
    const Kernels first = first_kernels(model);
    if (first.kernels.empty()) fail<DataError>("no layer of the network has kernels: no parameter has more than one axis");
    const float largest = first.largest();
    std::vector<SheetEntry> entries;
    for (const Planes& kernel : first.kernels)
        if (entries.size() < 64) entries.push_back({signed_picture(kernel, largest)});
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(entries.size()))));
    return sheet(first.name + "  " + detail::extents_of(first.extents), entries, columns, 64);
}

}  // namespace kiln
