// Text as tokens: a character is a token, and what is to be learned is the next one.
//
//     constexpr std::string_view poem = "...";
//     constexpr kiln::CharacterSet characters{poem};
//     const auto data = kiln::next_token_windows<32, characters.size()>(characters.encode(poem));
//     kiln::Model<Net, kiln::Tokens<32, characters.size()>> model{kiln::Seed{1}};
#pragma once
#include <string_view>
#include "kiln/data/dataset.hpp"

namespace kiln {

// The different characters (bytes) of a text, in order; a character's token is its number among them.
class CharacterSet {
public:
    constexpr explicit CharacterSet(std::string_view text) {
        std::array<bool, 256> occurs{};
        for (const char c : text) occurs[byte(c)] = true;
        for (std::size_t c = 0; c < occurs.size(); ++c) {
            token_[c] = occurs[c] ? static_cast<std::int32_t>(size_) : -1;
            if (occurs[c]) characters_[size_++] = static_cast<char>(c);
        }
    }
    // The same, of a text that is read at run time, for a network with a vocabulary: DataError unless they are as many.
    CharacterSet(std::string_view text, std::size_t vocabulary) : CharacterSet(text) {
        if (size_ != vocabulary)
            fail<DataError>("the text has " + std::to_string(size_) + " different characters, but the vocabulary is " + std::to_string(vocabulary) +
                            ": give the network one of " + std::to_string(size_));
    }

    constexpr std::size_t size() const { return size_; }
    constexpr std::string_view characters() const { return {characters_.data(), size_}; }

    // A text's tokens. DataError names the first character that is none of the set.
    std::vector<std::int32_t> encode(std::string_view text) const {
        std::vector<std::int32_t> tokens;
        for (const char c : text) {
            if (token_[byte(c)] < 0)
                fail<DataError>("character " + std::to_string(byte(c)) + " ('" + c + "') at position " + std::to_string(tokens.size()) +
                                " of the text is none of the set, which has \"" + std::string{characters()} + '"');
            tokens.push_back(token_[byte(c)]);
        }
        return tokens;
    }
    // The text of any list of tokens. DataError names the first that is none.
    std::string decode(const auto& tokens) const {
        check_whole(tokens, 0, size_, "token", "none of the character set");
        std::string text;
        for (const auto& token : tokens) text += characters_[static_cast<std::size_t>(token)];
        return text;
    }

private:
    static constexpr std::size_t byte(char c) { return static_cast<unsigned char>(c); }

    std::array<char, 256> characters_{};
    std::array<std::int32_t, 256> token_{};  // of each byte; -1 where it does not occur
    std::size_t size_ = 0;
};

// Windows of Length tokens on a text, which begin at every stride-th, with the windows one token further on as targets: after each
// token the next. They share the tokens' memory. DataError where the text is shorter than a window and its next token, or names the
// first token that is none of the vocabulary.
template <std::size_t Length, std::size_t Vocabulary>
Dataset<Tokens<Length, Vocabulary>, Tokens<Length, Vocabulary>> next_token_windows(const auto& tokens, std::size_t stride = 1) {
    auto [windows, next] = Samples<Tokens<Length, Vocabulary>>::windows_and_next(tokens, stride);
    return {std::move(windows), std::move(next)};
}

}  // namespace kiln
