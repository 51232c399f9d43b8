// Numbers and names as reports write them.
#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace kiln {

// The name of a class; its number where it has none.
inline std::string class_name(const std::vector<std::string>& names, std::size_t label) {
    return label < names.size() ? names[label] : std::to_string(label);
}

namespace words {
// The parts one after another; a part is text or a character.
std::string joined(const auto&... parts) {
    std::string text;
    ((text += parts), ...);
    return text;
}
// A number by a printf pattern for one double.
inline std::string printed(const char* pattern, double value) {
    std::array<char, 400> text;
    std::snprintf(text.data(), text.size(), pattern, value);
    return text.data();
}
inline std::string percent(double fraction) { return std::isnan(fraction) ? "not measured" : printed("%.2f %%", 100 * fraction); }
inline std::string loss(double value) { return std::isnan(value) ? "not measured" : printed("%.4f", value); }
// "44,426"
inline std::string grouped(std::size_t n) {
    std::string text = std::to_string(n);
    for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, 1, ',');
    return text;
}
// "98.1k", "412"
inline std::string rate(double per_second) {
    if (per_second < 9999.5) return printed("%.0f", per_second);
    return per_second < 999'950 ? printed("%.1fk", per_second / 1e3) : printed("%.1fM", per_second / 1e6);
}
inline std::string duration(double seconds) {
    if (seconds < 59.95) return printed("%.1f s", seconds);
    const auto whole = static_cast<std::size_t>(std::lround(seconds));
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
}
// How many columns of a terminal UTF-8 text takes: its characters (no double-width or combining ones).
inline std::size_t columns(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}
// Text with the blanks that fill `width` columns: after it, before it.
inline std::string blanks(std::string_view text, std::size_t width) { return std::string(width - std::min(width, words::columns(text)), ' '); }
inline std::string left(std::string_view text, std::size_t width) { return std::string{text} + blanks(text, width); }
inline std::string right(std::string_view text, std::size_t width) { return blanks(text, width) + std::string{text}; }
}  // namespace words

}  // namespace kiln
