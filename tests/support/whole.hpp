// Arrays of whole numbers as constants, each an array by itself, of which a constant expression may not even form an address outside.
// Sums of their products are exact in any order, and what goes forward must agree with what goes back: <dy, W x> = <dx, x> = <dW, W>.
#pragma once
#include <array>
#include "kiln/core/arrays.hpp"

template <class S> struct Whole {
    std::array<double, S::size> number{};

    constexpr Whole() = default;
    constexpr explicit Whole(std::size_t start) {
        for (std::size_t i = 0; i < S::size; ++i) number[i] = static_cast<double>((7 * (i + start) + 3) % 11) - 5;
    }
    constexpr kiln::View<S, double> view() { return {number.data()}; }
    constexpr kiln::View<S, const double> read() const { return {number.data()}; }
    constexpr double times(const Whole& other) const {
        double total = 0;
        for (std::size_t i = 0; i < S::size; ++i) total += number[i] * other.number[i];
        return total;
    }
};
