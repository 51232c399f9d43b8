// Real: a floating-point number as a template argument, LeakyReLU<0.2>. (clang takes a plain double from version 18
// on.)
#pragma once
#include "kiln/core/text.hpp"

namespace kiln {

struct Real {
    double value;

    constexpr Real(double v) : value(v) {}
    friend constexpr bool operator==(const Real&, const Real&) = default;
};

// "0.2", "-1.5", "0.015625": up to nine decimals.
constexpr Text real_text(Real real) {
    const double size = real.value < 0 ? -real.value : real.value;
    auto billionths = static_cast<unsigned long long>(size * 1e9 + 0.5);
    Text t = text(real.value < 0 ? "-" : "", static_cast<std::size_t>(billionths / 1'000'000'000U));
    billionths %= 1'000'000'000U;
    if (billionths > 0) t << ".";
    for (auto place = 100'000'000ULL; billionths > 0; billionths %= place, place /= 10)
        t << static_cast<std::size_t>(billionths / place);
    return t;
}

}  // namespace kiln
