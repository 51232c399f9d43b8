// Samples, predictions and confusion matrices as text for a terminal (UTF-8).
//
//     const auto digit = mnist.test.samples().get(0);
//     std::cout << kiln::prediction_text(digit, model.probabilities(digit)) << kiln::confusion_text(kiln::confusion_matrix(model, mnist.test));
//
// Two pixels share a character, one above the other, since characters are twice as high as wide.
#pragma once
#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "kiln/report/picture.hpp"
#include "kiln/report/words.hpp"

namespace kiln {

enum class Ink {
    blocks,  // a pixel of at least half its range is ink: any terminal, any file
    colours  // 24-bit escape sequences: greys and colours as they are
};

namespace detail {
using Lines = std::vector<std::string>;

inline std::string coloured(const Bitmap& b, std::size_t y, std::size_t x, std::string_view where) {
    const std::uint8_t* const p = b.pixel(y, x);
    std::string code = "\x1b[" + std::string{where};
    for (std::size_t c = 0; c < 3; ++c) code += ';' + std::to_string(p[b.channels == 3 ? c : 0]);
    return code + 'm';
}
inline bool is_ink(const Bitmap& b, std::size_t y, std::size_t x) {
    unsigned sum = 0;
    for (std::size_t c = 0; y < b.height && c < b.channels; ++c) sum += b.pixel(y, x)[c];
    return sum >= 128 * b.channels;
}
inline Lines picture_lines(const Bitmap& b, Ink ink) {
    Lines lines;
    for (std::size_t y = 0; y < b.height; y += 2) {
        std::string line;
        for (std::size_t x = 0; x < b.width; ++x) {
            const bool above = is_ink(b, y, x), below = is_ink(b, y + 1, x);
            if (ink == Ink::colours) line += coloured(b, y, x, "38;2") + (y + 1 < b.height ? coloured(b, y + 1, x, "48;2") : "\x1b[49m") + "▀";
            else line += above ? (below ? "█" : "▀") : (below ? "▄" : " ");
        }
        lines.push_back(line + (ink == Ink::colours ? "\x1b[0m" : ""));
    }
    return lines;
}
// A bar of at most `longest` characters, to an eighth of one, and the blanks after it.
inline std::string bar(double fraction, std::size_t longest) {
    constexpr std::array<std::string_view, 9> parts{" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    auto eighths = static_cast<std::size_t>(std::lround(std::clamp(fraction, 0.0, 1.0) * 8 * static_cast<double>(longest)));
    std::string text;
    for (std::size_t i = 0; i < longest; ++i) {
        const std::size_t here = std::min<std::size_t>(eighths, 8);
        text += parts[here];
        eighths -= here;
    }
    return text;
}
inline std::string joined(const Lines& lines) {
    std::string text;
    for (const auto& line : lines) text += line + '\n';
    return text;
}
}  // namespace detail

// A sample, a tensor of CxHxW, HxW or n numbers, as picture_of() shows it.
std::string sample_text(const auto& sample, Ink ink = Ink::blocks) { return detail::joined(detail::picture_lines(picture_of(sample), ink)); }

// A sample beside its probabilities (one row of them) as bars, the largest marked; of more than 16 classes the 16 most
// probable, the most probable first.
std::string prediction_text(const auto& sample, const auto& probabilities, const std::vector<std::string>& classes = {}, Ink ink = Ink::blocks) {
    constexpr std::size_t most = 16, longest = 24;
    const Bitmap picture = picture_of(sample);
    detail::Lines lines = detail::picture_lines(picture, ink);
    const auto share = [&](std::size_t k) { return static_cast<double>(*(probabilities.begin() + static_cast<std::ptrdiff_t>(k))); };
    std::vector<std::size_t> shown(static_cast<std::size_t>(probabilities.size()));
    std::iota(shown.begin(), shown.end(), std::size_t{0});
    const std::size_t best = shown.empty() ? 0 : *std::ranges::max_element(shown, {}, share);
    if (shown.size() > most) {
        std::ranges::sort(shown, {}, [&](std::size_t k) { return std::pair{-share(k), k}; });
        shown.resize(most);
    }
    std::size_t name = 0;
    for (const std::size_t k : shown) name = std::max(name, words::columns(class_name(classes, k)));
    while (lines.size() < shown.size()) lines.push_back(std::string(picture.width, ' '));
    const std::size_t first = (lines.size() - shown.size()) / 2;  // halfway down the picture
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const std::size_t k = shown[i];
        lines[first + i] += (k == best ? "  > " : "    ") + words::right(class_name(classes, k), name) + "  " + detail::bar(share(k), longest) +
                            words::printed(" %6.2f %%", 100 * share(k));
    }
    return detail::joined(lines);
}

// A confusion matrix, [classes, classes] with a row for each label and a column for each prediction, aligned, with the fraction
// of each label that was right. A zero off the diagonal is a dot.
std::string confusion_text(const auto& counts, const std::vector<std::string>& classes = {}) {
    const auto extent = static_cast<std::size_t>(counts.shape()[0]);
    detail::Lines names;
    std::size_t widest = 5, cell = 0;  // "label"
    for (std::size_t k = 0; k < extent; ++k) {
        names.push_back(class_name(classes, k));
        widest = std::max(widest, words::columns(names.back()));
        cell = std::max(cell, words::columns(names.back()));
        for (std::size_t j = 0; j < extent; ++j) cell = std::max(cell, std::to_string(counts(k, j)).size());
    }
    std::string text = words::left("label", widest) + "  predicted\n" + std::string(widest, ' ');
    for (const auto& name : names) text += "  " + words::right(name, cell);
    text += "     right\n";
    for (std::size_t k = 0; k < extent; ++k) {
        text += words::left(names[k], widest);
        std::size_t all = 0;
        for (std::size_t j = 0; j < extent; ++j) {
            const auto count = static_cast<std::size_t>(counts(k, j));
            all += count;
            text += "  " + words::right(count == 0 && j != k ? "·" : std::to_string(count), cell);
        }
        text += all == 0 ? "         -" : words::printed("  %6.2f %%", 100 * static_cast<double>(counts(k, k)) / static_cast<double>(all));
        text += '\n';
    }
    return text;
}

}  // namespace kiln
