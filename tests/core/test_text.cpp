#include <doctest/doctest.h>
#include <string>
#include "kiln/core/text.hpp"

using namespace kiln;

TEST_CASE("text: parts one after another, in the compiler too") {
    static_assert(text("Linear<", std::size_t{256}, ",", std::size_t{10}, ">").view() == "Linear<256,10>");
    static_assert(text().empty() && Text{}.view().empty());
    static_assert(text(std::size_t{0}).view() == "0" && text(std::size_t{1000}).view() == "1000");
    CHECK(text(std::size_t{18'446'744'073'709'551'615U}).view() == "18446744073709551615");
    const Text inner = "b";
    CHECK(text("a", inner, std::string_view{"cd", 1}).view() == "abc");
    Text t = "x";
    t << t;
    CHECK(t.view() == "xx");
}

TEST_CASE("text: one that is too long is cut, not lost") {
    const std::string longer(390, 'x');
    const Text t = text(std::string_view{longer}, "0123456789", "abc");
    CHECK(t.view() == longer + "0123456789");
    CHECK(text(t, std::size_t{7}).view() == t.view());
}

TEST_CASE("text: compared with characters, and as C has them") {
    static_assert(text("a", std::size_t{12}) == "a12" && Text{"a"} != "b" && Text{} == "");
    CHECK(std::string{text("abc", std::size_t{7}).c_str()} == "abc7");
    const std::string longer(500, 'x');
    CHECK(std::string{Text{std::string_view{longer}}.c_str()} == std::string(400, 'x'));
}
