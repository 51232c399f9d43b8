#include <doctest/doctest.h>
#include "kiln/layers/real.hpp"

TEST_CASE("Real: written in decimals") {
    using kiln::real_text;
    CHECK(real_text(0.0).view() == "0");
    CHECK(real_text(1.0).view() == "1");
    CHECK(real_text(0.2).view() == "0.2");
    CHECK(real_text(-1.5).view() == "-1.5");
    CHECK(real_text(12.015625).view() == "12.015625");
    CHECK(real_text(1e-5).view() == "0.00001");
}
