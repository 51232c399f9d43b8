// Equal within rounding: 1e-10 (absolute plus relative) in double, 1e-6 plus 1e-5 relative in float.
#pragma once
#include <doctest/doctest.h>
#include <cmath>

template <class T> void check_close(double found, double expected) {
    const double relative = sizeof(T) == 8 ? 1e-10 : 1e-5, absolute = sizeof(T) == 8 ? 1e-10 : 1e-6;
    CAPTURE(found);
    CAPTURE(expected);
    CHECK(std::abs(found - expected) <= absolute + relative * std::abs(expected));
}
template <class T> void check_all_close(const auto& found, const auto& expected) {
    REQUIRE(std::size(found) == std::size(expected));
    for (std::size_t i = 0; i < std::size(found); ++i) {
        CAPTURE(i);
        check_close<T>(static_cast<double>(found[i]), static_cast<double>(expected[i]));
    }
}
