// The elementary functions of a constant expression, where the standard library's cannot be called: in double, good to about 1e-15
// relative, over the whole range. At run time nobody calls them.
//
//     sqrt    Newton's steps from half the exponent
//     exp     x = k log 2 + r with |r| <= 0.35: the series of e^r, times 2^k; 0 below the smallest double, infinity above the largest
//     log     x = 2^k m with m between sqrt(1/2) and sqrt(2): k log 2 + 2 artanh((m - 1) / (m + 1))
//     tanh    by e^2x - 1, which near 0 is a series of its own
//     erf     its series up to 2, from there 1 minus the continued fraction of what is left
//     cos     of a number of whole turns: its series, after turning back to within an eighth
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>

namespace kiln::constant {

inline constexpr double infinity = std::numeric_limits<double>::infinity();
inline constexpr double smallest_normal = std::numeric_limits<double>::min();

namespace detail {
// log 2 in two parts, of which the first has so few digits that its product with an exponent is exact.
inline constexpr double log2_high = 0x1.62e42feep-1, log2_low = 0x1.a39ef35793c76p-33;

// 2^k of a normal number.
constexpr double power_of_two(int k) { return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52); }

// x + x^2 / 2! + x^3 / 3! + ..., of `terms` terms: e^x - 1 near 0.
constexpr double exponential_series(double x, int terms) {
    double sum = 1;
    for (int n = terms; n > 1; --n) sum = 1 + sum * (x / n);
    return sum * x;
}
}  // namespace detail

// A positive number as T, which a constant expression may not overflow: infinity where T has none as large.
template <class T> constexpr T rounded(double x) {
    return x > static_cast<double>(std::numeric_limits<T>::max()) ? std::numeric_limits<T>::infinity() : static_cast<T>(x);
}

constexpr double sqrt(double x) {
    if (x < 0) return std::numeric_limits<double>::quiet_NaN();
    if (!(x > 0 && x < infinity)) return x;
    if (x < smallest_normal) return sqrt(x * 0x1p106) * 0x1p-53;
    double root = std::bit_cast<double>((std::bit_cast<std::uint64_t>(x) >> 1) + (std::uint64_t{1023} << 51));  // off by 6 % at most
    for (int step = 0; step < 4; ++step) root = (root + x / root) / 2;
    return root;
}

constexpr double exp(double x) {
    if (x != x) return x;
    if (x > 709.79) return infinity;
    if (x < -745.2) return 0;
    const int k = static_cast<int>(x * std::numbers::log2e + (x < 0 ? -0.5 : 0.5));
    const double r = (x - k * detail::log2_high) - k * detail::log2_low, m = 1 + detail::exponential_series(r, 14);
    if (k > 1023) return m * 0x1p1023 * 2;
    return k < -1022 ? m * detail::power_of_two(k + 64) * 0x1p-64 : m * detail::power_of_two(k);
}

constexpr double log(double x) {
    if (x < 0) return std::numeric_limits<double>::quiet_NaN();
    if (x == 0) return -infinity;
    if (!(x < infinity)) return x;
    if (x < smallest_normal) return log(x * 0x1p54) - 54 * std::numbers::ln2;
    const auto bits = std::bit_cast<std::uint64_t>(x);
    int k = static_cast<int>(bits >> 52) - 1023;
    double m = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFU) | (std::uint64_t{1023} << 52));
    if (m > std::numbers::sqrt2) m /= 2, ++k;
    const double s = (m - 1) / (m + 1), s2 = s * s;
    double sum = 0;
    for (int n = 23; n > 1; n -= 2) sum = s2 * (sum + 1.0 / n);
    return k * detail::log2_high + (k * detail::log2_low + 2 * (s + s * sum));
}

constexpr double tanh(double x) {
    if (x < 0) return -tanh(-x);
    if (!(x <= 20)) return x > 20 ? 1 : x;
    const double e = x < 0.25 ? detail::exponential_series(2 * x, 16) : exp(2 * x) - 1;
    return e / (e + 2);
}

constexpr double erf(double x) {
    if (x < 0) return -erf(-x);
    if (!(x <= 6)) return x > 6 ? 1 : x;
    if (x <= 2) {  // 2 / sqrt(pi) exp(-x^2) sum of x (2 x^2)^n / (1 3 5 ... (2 n + 1)), of positive terms
        double sum = 1;
        for (int n = 40; n > 0; --n) sum = 1 + sum * (2 * x * x / (2 * n + 1));
        return 2 * std::numbers::inv_sqrtpi * exp(-x * x) * x * sum;
    }
    double tail = x;
    for (int n = 60; n > 0; --n) tail = x + n / (2 * tail);
    return 1 - std::numbers::inv_sqrtpi * exp(-x * x) / tail;
}

// cos(2 pi turns).
constexpr double cos_of_turns(double turns) {
    if (turns < 0) turns = -turns;
    turns -= static_cast<double>(static_cast<std::uint64_t>(turns));
    if (turns > 0.5) turns = 1 - turns;
    if (turns > 0.25) return -cos_of_turns(0.5 - turns);
    const double a = 2 * std::numbers::pi * turns;
    if (turns > 0.125) {  // the sine of what is missing of a quarter
        const double b = 2 * std::numbers::pi * (0.25 - turns);
        double sum = 1;
        for (int n = 20; n > 1; n -= 2) sum = 1 - sum * (b * b / (n * (n + 1)));
        return sum * b;
    }
    double sum = 1;
    for (int n = 19; n > 0; n -= 2) sum = 1 - sum * (a * a / (n * (n + 1)));
    return sum;
}

}  // namespace kiln::constant
