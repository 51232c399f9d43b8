#include <doctest/doctest.h>
#include <limits>
#include "kiln/core/option.hpp"

using kiln::check_option, kiln::OptionError;

TEST_CASE("option: in its range nothing happens, outside it the message has name, value and range") {
    CHECK_NOTHROW(check_option(true, "Adam", "beta1", 0.9, "at least 0 and below 1"));
    CHECK_THROWS_WITH_AS(check_option(false, "Adam", "beta1", 1.5, "at least 0 and below 1"),
                         "Adam: beta1 is 1.5, but must be at least 0 and below 1", OptionError);
    CHECK_THROWS_WITH_AS(check_option(false, "Adam", "beta1", std::numeric_limits<double>::quiet_NaN(), "a number"),
                         "Adam: beta1 is nan, but must be a number", OptionError);
}

TEST_CASE("option: a range is checked in a constant expression") {
    constexpr bool fine = (check_option(true, "Constant", "value", 1, "finite"), true);
    CHECK(fine);
}
