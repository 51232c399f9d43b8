// The small change of an HTML file: escaped text, pictures as data URIs, numbers and text as JSON.
#pragma once
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include "kiln/io/png.hpp"
#include "kiln/report/words.hpp"

namespace kiln::html {

using words::joined;

// Text as it may stand between tags and in quoted attributes.
inline std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default: result += c;
        }
    return result;
}

// RFC 4648.
inline std::string base64(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t three = 0;
        for (std::size_t k = 0; k < 3; ++k) three = three << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? letters[three >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

// element("td class=right", "7") is <td class=right>7</td>: the tag with its attributes, and what stands inside, as HTML.
std::string element(std::string_view tag, const auto&... inside) { return joined('<', tag, '>', inside..., "</", tag.substr(0, tag.find(' ')), '>'); }

// An <img> of a bitmap, described by `alt`; `more` is further attributes.
static inline std::string img(const Bitmap& bitmap, std::string_view alt, std::string_view more = "") {
    return joined("<img width=", std::to_string(bitmap.width), " height=", std::to_string(bitmap.height), more, " alt=\"", escaped(alt),
                  "\" src=\"data:image/png;base64,", base64(encode_png(bitmap)), "\">");
}

// The shortest decimals that read back as the same number; null for what is no number.
inline std::string json(double value) {
    if (!std::isfinite(value)) return "null";
    std::array<char, 32> text;
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}
// In quotes, and so that it cannot end the <script> it stands in.
inline std::string json(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') result += '\\';
        if (code >= 0x20 && c != '<' && c != '>' && c != '&') result += c;
        else result += std::string{"\\u00"} + "0123456789abcdef"[code >> 4] + "0123456789abcdef"[code & 15];
    }
    return result + '"';
}
inline std::string json(const std::string& text) { return json(std::string_view{text}); }
inline std::string json(std::size_t value) { return std::to_string(value); }
// [a, b, c] of what `write` makes of each element.
std::string json(const auto& list, auto&& write) {
    std::string text = "[";
    for (const auto& element : list) text.append(text.size() > 1 ? "," : "").append(write(element));
    return text + ']';
}

}  // namespace kiln::html
