// Program: an exported header before it is text: the functions that it needs, its constants, and one call after another.
//
// A call names the numbers that it reads and writes by region, and how long each region lives is known when the last call is. So
// only then do they get their places in the workspace, as few numbers as there are alive at a time.
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
#include "kiln/core/error.hpp"

namespace kiln {

// A function of exported headers: its text, which stands in a header once, and the functions that it calls.
struct Function {
    std::string_view name, text;
    std::array<const Function*, 4> needs{};
};

// Numbers that a program computes: from `first` on in one of its buffers.
struct Region {
    std::size_t buffer = 0, first = 0;
    constexpr Region operator+(std::size_t numbers) const { return {buffer, first + numbers}; }
    friend constexpr bool operator==(const Region&, const Region&) = default;
};

namespace detail {
// An identifier: "0.weight" -> "layer0_weight".
inline std::string identifier(std::string_view path) {
    std::string id;
    for (const char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (id.empty() && digit) id = "layer";
        if (letter || digit) id += c;
        else if (!id.empty() && id.back() != '_') id += '_';
    }
    return id.empty() ? "layer" : id;
}

// "0x1.8p-3f": a float without rounding.
inline std::string literal(float value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, std::fabs(value), std::chars_format::hex).ptr;
    std::string text = std::signbit(value) ? "-0x" : "0x";
    return text.append(digits, end).append("f");
}
}  // namespace detail

class Program {
public:
    static constexpr Region x{0}, y{1};  // what predict is given; the numbers of x are never written
    using Argument = std::variant<Region, std::string>;

    Region temporary(std::size_t size) {
        buffers_.push_back({size});
        return {buffers_.size() - 1};
    }

    // A constant array under this name, or one like it: what it is called in the program. A number is rounded to float.
    std::string constant(const std::string& name, std::span<const double> numbers) {
        std::vector<std::string> words;
        words.reserve(numbers.size());
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const float number = static_cast<float>(numbers[i]);
            if (!std::isfinite(number))
                fail<ParameterError>("the network cannot be exported: number " + std::to_string(i) + " of " + name + " is " + std::to_string(number) +
                                     ", but constants are finite floats: train with a smaller learning rate, or load other numbers");
            words.push_back(detail::literal(number));
        }
        return constant("float", name, words);
    }
    std::string constant(std::string_view type, const std::string& name, std::span<const std::string> words) {
        std::string id = detail::identifier(name);
        for (std::size_t n = 2; !names_.insert(id).second; ++n) id = detail::identifier(name) + "_" + std::to_string(n);
        constants_ += "inline constexpr " + std::string{type} + " " + id + "[" + std::to_string(words.size()) + "] = {";
        std::size_t column = wide;
        for (const std::string& word : words) {
            if (column + word.size() + 2 > wide) constants_ += "\n   ", column = 3;
            constants_.append(" ").append(word).append(",");
            column += word.size() + 2;
        }
        constants_.pop_back();
        constants_ += "};\n";
        return "weights::" + id;
    }

    // A line above the next call.
    void comment(const std::string& line) { calls_.push_back({"// " + line, {}}); }

    // layers::name<sizes...>(arguments...);
    void call(const Function& function, std::span<const std::size_t> sizes, std::vector<Argument> arguments) {
        need(function);
        std::string name = "layers::" + std::string{function.name};
        for (std::size_t i = 0; i < sizes.size(); ++i) name.append(i == 0 ? "<" : ", ").append(std::to_string(sizes[i]));
        if (!sizes.empty()) name += ">";
        for (const Argument& argument : arguments)
            if (const Region* region = std::get_if<Region>(&argument)) {
                Buffer& buffer = buffers_[region->buffer];
                if (buffer.last == 0) buffer.begin = calls_.size();
                buffer.last = calls_.size() + 1;
            }
        calls_.push_back({name, std::move(arguments)});
    }

    // How long it takes, in multiply-adds.
    void costs(std::size_t multiply_adds) { cost_ += multiply_adds; }
    std::size_t cost() const { return cost_; }

    // Once all calls are known.
    std::size_t workspace() const { return place().back(); }
    const std::string& functions() const { return functions_; }
    const std::string& constants() const { return constants_; }
    std::string statements() const {
        const std::vector<std::size_t> at = place();
        const auto shown = [&](const Argument& argument) {
            if (const std::string* word = std::get_if<std::string>(&argument)) return *word;
            const Region region = std::get<Region>(argument);
            const std::size_t first = region.first + at[region.buffer];
            const std::string from = region.buffer == x.buffer ? "x" : region.buffer == y.buffer ? "y" : "memory";
            return first == 0 ? from : from + " + " + std::to_string(first);
        };
        std::string text;
        for (const Call& call : calls_) {
            text += "    " + call.name;
            for (std::size_t i = 0; i < call.arguments.size(); ++i) text.append(i == 0 ? "(" : ", ").append(shown(call.arguments[i]));
            text += call.arguments.empty() ? "\n" : ");\n";
        }
        return text;
    }

private:
    static constexpr std::size_t wide = 140;  // characters of a line

    struct Call {
        std::string name;  // or a comment, which has no arguments
        std::vector<Argument> arguments;
    };
    struct Buffer {
        std::size_t size = 0, begin = 0, last = 0;  // alive from call `begin` to before call `last`
    };

    void need(const Function& function) {
        if (!have_.insert(function.name).second) return;
        for (const Function* other : function.needs)
            if (other) need(*other);
        functions_ += function.text;
    }

    // Where each buffer begins in the workspace, and its size: the largest first, each as low as those alive with it allow.
    std::vector<std::size_t> place() const {
        std::vector<std::size_t> order, at(buffers_.size() + 1, 0);
        for (std::size_t b = 2; b < buffers_.size(); ++b) order.push_back(b);
        std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return buffers_[a].size != buffers_[b].size ? buffers_[a].size > buffers_[b].size : a < b; });
        std::vector<std::size_t> placed;
        for (const std::size_t b : order) {
            std::vector<std::size_t> alive;
            for (const std::size_t other : placed)
                if (buffers_[other].begin < buffers_[b].last && buffers_[b].begin < buffers_[other].last) alive.push_back(other);
            std::ranges::sort(alive, {}, [&](std::size_t other) { return at[other]; });
            for (const std::size_t other : alive)
                if (at[b] + buffers_[b].size > at[other]) at[b] = std::max(at[b], at[other] + buffers_[other].size);
            placed.push_back(b);
            at.back() = std::max(at.back(), at[b] + buffers_[b].size);
        }
        return at;
    }

    std::vector<Buffer> buffers_{2};
    std::vector<Call> calls_;
    std::set<std::string_view> have_;
    std::set<std::string> names_;
    std::string functions_, constants_;
    std::size_t cost_ = 0;
};

}  // namespace kiln
