#include <doctest/doctest.h>
#include <string>
#include <vector>
#include "kiln/data/loader.hpp"
#include "kiln/data/text.hpp"
#include "support/files.hpp"

using namespace kiln;
using kiln_test::message_of;

namespace {
constexpr std::string_view hamlet = "to be or not to be";
constexpr CharacterSet characters{hamlet};  // known when the program is compiled, so that shapes may depend on it
static_assert(characters.size() == 7 && characters.characters() == " benort");
}  // namespace

TEST_CASE("a character set: a text's different bytes in order, and back again") {
    CHECK(characters.encode("not") == std::vector<std::int32_t>{3, 4, 6});
    CHECK(characters.decode(std::vector{6, 4, 0, 1, 2}) == "to be");
    CHECK(characters.decode(characters.encode(hamlet)) == hamlet);
    CHECK(characters.decode(Tensor<int, 1>{5, 4}) == "ro");
    CHECK(characters.encode("").empty());

    std::string bytes;
    for (int c = 0; c < 256; ++c) bytes += static_cast<char>(255 - c);
    const CharacterSet all{bytes};
    CHECK(all.size() == 256);
    CHECK(all.encode("\xff") == std::vector<std::int32_t>{255});
    CHECK(all.encode("\x01") == std::vector<std::int32_t>{1});
    CHECK(all.decode(all.encode(bytes)) == bytes);
    CHECK(CharacterSet{""}.size() == 0);
}

TEST_CASE("a character set: what it does not have is refused, and named") {
    CHECK(message_of<DataError>([] { (void)characters.encode("note: b"); }) ==
          "character 58 (':') at position 4 of the text is none of the set, which has \" benort\"");
    CHECK(message_of<DataError>([] { (void)characters.decode(std::vector{1, 7}); }) ==
          "token 7 at position 1 is none of the character set: tokens are whole numbers from 0 to 6");
    CHECK(message_of<DataError>([] { CharacterSet{hamlet, 8}; }) ==
          "the text has 7 different characters, but the vocabulary is 8: give the network one of 7");
    CHECK(CharacterSet{hamlet, 7}.size() == 7);
}

TEST_CASE("windows on a text: a data set whose targets are the next characters") {
    const auto data = next_token_windows<5, 7>(characters.encode(hamlet));
    static_assert(std::is_same_v<decltype(data), const Dataset<Tokens<5, 7>, Tokens<5, 7>>>);
    CHECK(data.size() == hamlet.size() - 5);
    const auto [rest, part] = data.split(0.25, 1);
    CHECK(rest.size() + part.size() == data.size());
    for (const auto& some : {data, rest, part, data.take(3), data.subset(std::vector{12, 0})})
        for (std::size_t i = 0; i < some.size(); ++i) {
            const std::string window = characters.decode(some.samples().get(i)), next = characters.decode(some.targets().get(i));
            CHECK(hamlet.find(window + next.back()) != hamlet.npos);
            CHECK(window.substr(1) == next.substr(0, 4));
        }
    CHECK(characters.decode(data.subset(std::vector{12, 0}).targets().get(0)) == "to be");
    CHECK(next_token_windows<5, 7>(characters.encode(hamlet), 5).size() == 3);
    CHECK(next_token_windows<5, 99>(characters.encode(hamlet)).size() == 13);  // more may be to come
    CHECK(message_of<DataError>([] { (void)next_token_windows<5, 6>(characters.encode(hamlet)); }) ==
          "token 6 at position 0 is none of the vocabulary: tokens are whole numbers from 0 to 5");

    Loader loader{data, {.batch_size = 4, .shuffle = false}};
    const auto batch = loader.epoch(0)[1];
    const Tensor<std::int32_t, 2> x = batch.inputs(), t = batch.targets();
    CHECK(x(0, 1) == t(0, 0));
    CHECK(x(0, 0) == characters.encode("e")[0]);
    CHECK(batch.inputs<double>()(0, 0) == x(0, 0));
}
