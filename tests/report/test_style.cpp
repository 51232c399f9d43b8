#include <doctest/doctest.h>
#include <algorithm>
#include <string>
#include "kiln/report/style.hpp"
#include "support/files.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("style: it is for light and dark, and has a rule for every part") {
    CHECK(std::ranges::count(html::style_sheet, '{') == std::ranges::count(html::style_sheet, '}'));
    CHECK(contains(std::string{html::style_sheet}, "prefers-color-scheme: dark"));
    for (const char* name : {"facts", "charts", "columns", "sheet", "mistakes", "confusion", "matrix", "kernels", "layers", "ramp", "numbers", "wide", "note", "wrong"})
        CHECK_MESSAGE(contains(std::string{html::style_sheet}, "." + std::string{name}), name);
}
