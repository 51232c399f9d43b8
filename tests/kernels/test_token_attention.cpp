#include "kiln/kernels/token_attention.hpp"
#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace {
struct All {
    static constexpr bool allows_all = true;
    static constexpr bool allows(std::size_t, std::size_t) { return true; }
};
struct Past {
    static constexpr bool allows(std::size_t query, std::size_t key) { return key <= query; }
};
struct Holes {
    static constexpr bool allows(std::size_t query, std::size_t key) { return query == key || key % 3 == 1; }
};

// The definition in double. An error of some roundings of a weighted mean of numbers up to 2, and in float what the exponentials may be off.
template <class Number, class Mask, std::size_t Heads, std::size_t T, std::size_t D> void agrees_with_definition() {
    constexpr double tolerance = sizeof(Number) == 4 ? 2e-5 : 1e-13;
    constexpr std::size_t row = 3 * Heads * D;
    std::mt19937 engine{5};
    std::uniform_real_distribution<double> uniform{-2, 2};
    std::vector<Number> qkv(T * row), mixed(T * Heads * D + 1, Number(99)), scratch(kiln::token_attention::Scratch<T, D>::size + 1, Number(99));
    std::ranges::generate(qkv, [&] { return static_cast<Number>(uniform(engine)); });
    kiln::token_attention::forward<Mask, Heads, T, D>(qkv.data(), mixed.data(), scratch.data());

    const auto at = [&](std::size_t part, std::size_t h, std::size_t t, std::size_t d) { return static_cast<double>(qkv[t * row + (part * Heads + h) * D + d]); };
    CAPTURE(T);
    CAPTURE(D);
    for (std::size_t h = 0; h < Heads; ++h)
        for (std::size_t t = 0; t < T; ++t) {
            std::vector<double> p(T), y(D);
            double total = 0;
            for (std::size_t u = 0; u < T; ++u) {
                double s = 0;
                for (std::size_t d = 0; d < D; ++d) s += at(0, h, t, d) * at(1, h, u, d);
                total += p[u] = Mask::allows(t, u) ? std::exp(s / std::sqrt(double{D})) : 0;
            }
            for (std::size_t u = 0; u < T; ++u)
                for (std::size_t d = 0; d < D; ++d) y[d] += p[u] / total * at(2, h, u, d);
            for (std::size_t d = 0; d < D; ++d) CHECK(std::abs(static_cast<double>(mixed[(t * Heads + h) * D + d]) - y[d]) <= tolerance);
        }
    CHECK(mixed.back() == Number(99));  // nothing behind is written
    CHECK(scratch.back() == Number(99));
}

template <class Number> void every_shape() {
    agrees_with_definition<Number, All, 1, 1, 1>();
    agrees_with_definition<Number, All, 2, 5, 3>();
    agrees_with_definition<Number, All, 2, 14, 8>();
    agrees_with_definition<Number, All, 1, 17, 40>();  // rows that no whole number of registers fills
    agrees_with_definition<Number, Past, 3, 13, 4>();
    agrees_with_definition<Number, Holes, 1, 7, 20>();
}
}  // namespace

TEST_CASE("token attention: agrees with its definition, in float") { every_shape<float>(); }
TEST_CASE("token attention: agrees with its definition, in double") { every_shape<double>(); }
