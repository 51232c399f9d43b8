#include "kiln/kernels/features.hpp"
#include <doctest/doctest.h>
#include <cmath>
#include <vector>

namespace {
template <class T> std::vector<T> some(std::size_t count) {
    std::vector<T> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(std::sin(1.7 * static_cast<double>(i)) * 3);
    return x;
}

template <class T, std::size_t Size> void transforms() {
    const auto x = some<T>(Size);
    auto y = x;
    y.push_back(T(99));
    kiln::features::transform<Size>(y.data(), y.data(), [](const auto& v) { return v + v; });  // in place
    for (std::size_t i = 0; i < Size; ++i) CHECK(y[i] == 2 * x[i]);
    CHECK(y[Size] == T(99));
}

template <class T, std::size_t Rows, std::size_t Size, bool centred> void normalises() {
    auto x = some<T>(Rows * Size), w = some<T>(Size), b = some<T>(Size + 1);
    const auto before = x;
    kiln::features::normalise_rows<Rows, Size, centred>(x.data(), x.data(), w.data(), b.data() + 1, T(1e-5));
    for (std::size_t r = 0; r < Rows; ++r) {
        double mean = 0, var = 0;
        for (std::size_t i = 0; i < Size; ++i) mean += centred ? static_cast<double>(before[r * Size + i]) / Size : 0;
        for (std::size_t i = 0; i < Size; ++i) var += std::pow(static_cast<double>(before[r * Size + i]) - mean, 2) / Size;
        for (std::size_t i = 0; i < Size; ++i) {
            const double h = (static_cast<double>(before[r * Size + i]) - mean) / std::sqrt(var + 1e-5);
            CHECK(static_cast<double>(x[r * Size + i]) == doctest::Approx(h * static_cast<double>(w[i]) + static_cast<double>(b[i + 1])).epsilon(1e-4).scale(1));
        }
    }
}

template <class T, std::size_t Size> void distributes() {
    constexpr kiln::Index stride = Size + 3;
    auto x = some<T>(3 * stride);
    const auto before = x;
    T share[3];
    kiln::features::exponentials<3, Size>(x.data(), stride, T(0.5), share);
    for (std::size_t r = 0; r < 3; ++r) {
        double total = 0;
        for (std::size_t i = 0; i < Size; ++i) total += std::exp(0.5 * static_cast<double>(before[r * stride + i]));
        for (std::size_t i = 0; i < Size; ++i)
            CHECK(static_cast<double>(x[r * stride + i] * share[r]) == doctest::Approx(std::exp(0.5 * static_cast<double>(before[r * stride + i])) / total).epsilon(1e-5));
        for (std::size_t i = Size; i < Size + 3; ++i) CHECK(x[r * stride + i] == before[r * stride + i]);
    }
}
}  // namespace

TEST_CASE("features: a function of every number, in place, and of no other") {
    transforms<float, 1>(), transforms<float, 7>(), transforms<float, 16>(), transforms<float, 29>();
    transforms<double, 3>(), transforms<double, 13>();
}

TEST_CASE("features: rows are normalised") {
    normalises<float, 1, 2, true>(), normalises<float, 9, 64, true>(), normalises<float, 3, 21, false>(), normalises<double, 11, 13, true>();
}

TEST_CASE("features: exponentials and what makes them a distribution") {
    distributes<float, 1>(), distributes<float, 10>(), distributes<float, 50>(), distributes<double, 6>(), distributes<double, 19>();
}

TEST_CASE("features: every second number, and the largest") {
    using R = kiln::Lanes<float, kiln::native_width<float>>;
    constexpr std::size_t width = kiln::native_width<float>;
    float x[2 * width];
    for (std::size_t i = 0; i < 2 * width; ++i) x[i] = static_cast<float>((i * 5) % (2 * width));
    const R a = kiln::load_lanes<R>(x), b = kiln::load_lanes<R>(x + width);
    const auto even = kiln::to_lanes(kiln::features::every_second<0>(a, b)), odd = kiln::to_lanes(kiln::features::every_second<1>(a, b));
    for (std::size_t i = 0; i < width; ++i) {
        CHECK(even[i] == x[2 * i]);
        CHECK(odd[i] == x[2 * i + 1]);
        CHECK(kiln::to_lanes(kiln::features::largest(a))[i] == *std::max_element(x, x + width));
    }
}
