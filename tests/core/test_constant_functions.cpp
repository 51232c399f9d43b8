#include "kiln/core/constant_functions.hpp"
#include <doctest/doctest.h>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include "kiln/kernels/elementary.hpp"

namespace {
constexpr double eps = std::numeric_limits<double>::epsilon(), infinity = std::numeric_limits<double>::infinity();

// f at some places, worked out by the compiler.
template <std::size_t N> constexpr std::array<double, N> at(const std::array<double, N>& x, auto f) {
    std::array<double, N> y{};
    for (std::size_t i = 0; i < N; ++i) y[i] = f(x[i]);
    return y;
}
template <std::size_t N> constexpr std::array<double, N> negated(const std::array<double, N>& x) {
    return at(x, [](double v) { return -v; });
}

// Some units in the last place of what is wanted, or below the smallest normal number of that.
void check_digits(double found, double wanted, double x, double units = 4) {
    CAPTURE(x);
    CHECK(std::abs(found - wanted) <= units * eps * std::max(std::abs(wanted), std::numeric_limits<double>::min()));
}
template <std::size_t N> void check_table(const std::array<double, N>& x, const std::array<double, N>& found, double (*wanted)(double)) {
    for (std::size_t i = 0; i < N; ++i) check_digits(found[i], wanted(x[i]), x[i]);
}
// The same functions at run time, everywhere.
void check_range(double (*found)(double), double (*wanted)(double), double from, double to) {
    for (int i = 0; i <= 5000; ++i) {
        const double x = from + (to - from) * i / 5000;
        check_digits(found(x), wanted(x), x);
    }
}
void check_scales(double (*found)(double), double (*wanted)(double), int from, int to) {
    for (int i = from; i <= to; ++i) {
        const double x = std::ldexp(1 + (i & 7) / 8.0, i);
        check_digits(found(x), wanted(x), x);
    }
}

constexpr std::array small{0.0, 1e-300, 1e-17, 1e-9, 0.001, 0.1, 0.2499, 0.25, 0.5, 0.54, 0.7, 1.0, 1.25, 1.9999, 2.0, 2.5, 3.7, 5.5, 6.5, 19.0, 21.0, 37.0, 500.0};
constexpr std::array positive{5e-324, 1e-310, 2.3e-308, 1e-100, 1e-9, 0.1, 0.5, 0.7071, 0.7072, 0.9999999, 1.0, 1.0000001, 1.41, 1.42, 2.0, 3.0, 9.0, 1e10, 1e300, 1.7e308};
}  // namespace

TEST_CASE("constant functions: what the compiler works out is what the standard library does") {
    static constexpr auto root = at(positive, [](double x) { return kiln::sqrt(x); });
    static constexpr auto logarithm = at(positive, [](double x) { return kiln::log(x); });
    static constexpr auto exponential = at(small, [](double x) { return kiln::exp(x); });
    static constexpr auto decay = at(small, [](double x) { return kiln::exp(-x); });
    static constexpr auto hyperbolic = at(small, [](double x) { return kiln::tanh(x); });
    static constexpr auto error = at(small, [](double x) { return kiln::erf(-x); });
    check_table(positive, root, std::sqrt);
    check_table(positive, logarithm, std::log);
    check_table(small, exponential, std::exp);
    check_table(negated(small), decay, std::exp);
    check_table(small, hyperbolic, std::tanh);
    check_table(negated(small), error, std::erf);
}

TEST_CASE("constant functions: to the last digits over the whole range") {
    using namespace kiln;
    check_range(constant::exp, std::exp, -745, 709.7);
    check_range(constant::exp, std::exp, -2, 2);
    check_range(constant::log, std::log, 0.4, 2.5);
    check_range(constant::tanh, std::tanh, -22, 22);
    check_range(constant::tanh, std::tanh, -0.6, 0.6);
    check_range(constant::erf, std::erf, -6.5, 6.5);
    check_range(constant::erf, std::erf, -0.1, 0.1);
    check_range(constant::sqrt, std::sqrt, 0, 5);
    check_scales(constant::sqrt, std::sqrt, -1074, 1022);
    check_scales(constant::log, std::log, -1074, 1022);
    check_scales(constant::exp, std::exp, -1000, 8);
    check_scales(constant::tanh, std::tanh, -1000, 10);
    check_scales(constant::erf, std::erf, -1000, 10);
    for (int i = -3000; i <= 3000; ++i) {  // near its zeros a cosine is off by the rounding of the angle
        const double turns = i / 1000.0;
        CHECK(std::abs(constant::cos_of_turns(turns) - std::cos(2 * std::numbers::pi * turns)) <= 2 * std::numbers::pi * eps * (1 + std::abs(turns)));
    }
}

TEST_CASE("constant functions: zero, infinity, and what is no number") {
    static_assert(kiln::exp(-infinity) == 0 && kiln::exp(infinity) == infinity && kiln::exp(-1e308) == 0 && kiln::exp(800.0) == infinity);
    static_assert(kiln::exp(0.0) == 1 && kiln::exp(89.0F) == std::numeric_limits<float>::infinity() && kiln::exp(-200.0F) == 0);
    static_assert(kiln::log(0.0) == -infinity && kiln::log(infinity) == infinity && kiln::log(1.0) == 0);
    static_assert(kiln::tanh(infinity) == 1 && kiln::tanh(-1e300) == -1 && kiln::tanh(0.0) == 0);
    static_assert(kiln::erf(infinity) == 1 && kiln::erf(-1e300) == -1 && kiln::erf(0.0) == 0);
    static_assert(kiln::sqrt(0.0) == 0 && kiln::sqrt(infinity) == infinity && kiln::sqrt(4.0) == 2 && kiln::sqrt(2.25F) == 1.5F);
    static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    static constexpr std::array found{kiln::exp(nan), kiln::log(nan), kiln::tanh(nan), kiln::erf(nan), kiln::sqrt(nan), kiln::sqrt(-1.0), kiln::log(-1.0)};
    for (const double v : found) CHECK(std::isnan(v));
}

TEST_CASE("constant functions: the kernels' own functions of one lane") {
    using namespace kiln;
    static constexpr std::array found{elementary::sigmoid(-800.0), elementary::sigmoid(1.5), elementary::exp2(-3.0), elementary::exp2(-2000.0),
                                        elementary::normal_distribution(-1.0), elementary::normal_density(2.0)};
    CHECK(found[0] == 0);
    check_digits(found[1], 1 / (1 + std::exp(-1.5)), 1.5);
    check_digits(found[2], 0.125, -3, 8);  // x log 2 is rounded before
    CHECK(found[3] == 0);
    check_digits(found[4], std::erfc(std::numbers::sqrt2 / 2) / 2, -1, 8);
    check_digits(found[5], std::exp(-2.0) / std::sqrt(2 * std::numbers::pi), 2, 8);
}
