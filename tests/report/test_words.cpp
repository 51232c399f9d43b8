#include <doctest/doctest.h>
#include <cmath>
#include "kiln/report/words.hpp"

using namespace kiln;

TEST_CASE("words: numbers as a report writes them") {
    CHECK(words::percent(0.98765) == "98.77 %");
    CHECK(words::percent(std::nan("")) == "not measured");
    CHECK(words::loss(0.12345) == "0.1235");
    CHECK(words::loss(std::nan("")) == "not measured");
    CHECK(words::grouped(0) == "0");
    CHECK(words::grouped(999) == "999");
    CHECK(words::grouped(1000) == "1,000");
    CHECK(words::grouped(1234567) == "1,234,567");
    CHECK(words::rate(412.4) == "412");
    CHECK(words::rate(9999.4) == "9999");
    CHECK(words::rate(9999.6) == "10.0k");
    CHECK(words::rate(98123) == "98.1k");
    CHECK(words::rate(11.3e6) == "11.3M");
    CHECK(words::duration(3.14) == "3.1 s");
    CHECK(words::duration(59.96) == "1 min 0 s");
    CHECK(words::duration(125) == "2 min 5 s");
    CHECK(words::columns("Größe") == 5);
    CHECK(words::joined("a", 'b', std::string{"c"}) == "abc");
    CHECK(class_name({"cat", "dog"}, 1) == "dog");
    CHECK(class_name({"cat", "dog"}, 2) == "2");
}
