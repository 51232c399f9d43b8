// Text: a constexpr string, long enough for a layer's name or for one sentence of diagnosis.
#pragma once
#include <cstddef>
#include <string_view>

namespace kiln {

class Text {
public:
    constexpr Text() = default;
    constexpr Text(const char* s) { *this << std::string_view{s}; }
    constexpr Text(std::string_view s) { *this << s; }

    constexpr Text& operator<<(std::string_view s) {
        for (char c : s)
            if (size_ < capacity) data_[size_++] = c;  // a longer text is cut
        return *this;
    }
    constexpr Text& operator<<(const char* s) { return *this << std::string_view{s}; }
    constexpr Text& operator<<(const Text& t) { return *this << t.view(); }
    constexpr Text& operator<<(std::size_t n) {
        if (n >= 10) *this << n / 10;
        const char digit = static_cast<char>('0' + n % 10);
        return *this << std::string_view{&digit, 1};
    }

    constexpr std::string_view view() const { return {data_, size_}; }
    constexpr const char* c_str() const { return data_; }
    constexpr bool empty() const { return size_ == 0; }
    friend constexpr bool operator==(const Text& t, std::string_view s) { return t.view() == s; }

private:
    static constexpr std::size_t capacity = 400;
    char data_[capacity + 1]{};
    std::size_t size_ = 0;
};

// The parts one after another; a part is anything Text takes.
constexpr Text text(const auto&... parts) {
    Text t;
    ((t << parts), ...);
    return t;
}

}  // namespace kiln
