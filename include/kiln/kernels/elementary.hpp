// Elementary functions of lanes: the ones that xsimd and the standard library lack, and faster forms for float.
//
// A double is exact to 1e-15 or so, a float to 4e-7 absolute plus 1e-6 relative. Float's tanh takes half of xsimd's time and its
// erf two fifths, on Zen 3 with AVX2 (g++ 12). A rational sigmoid was hardly faster than exp and is not worth its coefficients.
#pragma once
#include <bit>
#include <cstdint>
#include <numbers>
#include <type_traits>
#include "kiln/kernels/blocks.hpp"

namespace kiln::elementary {

namespace detail {
template <class L> inline constexpr bool wide_float = std::is_same_v<scalar<L>, float> && lane_count<L> > 1;

// c[0] + c[1] x + c[2] x^2 + ...
template <class L, std::size_t N> constexpr L polynomial(const L& x, const std::array<scalar<L>, N>& c) {
    L result(c[N - 1]);
#pragma GCC unroll 16
    for (std::size_t i = 1; i < N; ++i) result = fma(result, x, L(c[N - 1 - i]));
    return result;
}

// x within [-limit, limit]; a NaN stays one.
template <class L> constexpr L clamp(const L& x, scalar<L> limit) {
    const L below = select(x > L(limit), L(limit), x);
    return select(below < L(-limit), L(-limit), below);
}

// The lower bits of numbers as their exponents: 2^n for 0x4B400000 + 127 + n, which is 1.5 2^23 + 127 + n as a float.
template <class L> [[gnu::always_inline]] constexpr L as_exponent(const L& x) {
    return L::map(
        [](auto part) {
            using Bits = std::conditional_t<std::is_arithmetic_v<decltype(part)>, std::uint32_t,
                                            kiln::detail::Vector<std::uint32_t, sizeof part / 4>>;
            return std::bit_cast<decltype(part)>(std::bit_cast<Bits>(part) << 23);
        },
        x);
}
}  // namespace detail

// 2^x for x below 128. In float: of x = n + f with |f| <= 1/2, a minimax polynomial in f with a relative error of 7.5e-8, times 2^n;
// below -126 it stays 2^-126. Where it is inlined it takes about two thirds of the time of xsimd's exp.
template <class L> [[gnu::always_inline]] constexpr L exp2(const L& x) {
    if constexpr (!detail::wide_float<L>) return kiln::exp(x * L(std::numbers::ln2_v<scalar<L>>));
    else {
        const L y = select(x < L(-126), L(-126), x), round(12582912 + 127), shifted = y + round;
        return detail::polynomial(y - (shifted - round), std::array{1.00000007165522F, 0.6931469670632635F, 0.24022119721165663F,
                                                                    0.05550713274653604F, 0.00967554147989201F, 0.0013276472027492284F}) *
               detail::as_exponent(shifted);
    }
}

// In float: the rational minimax approximation of Eigen's ptanh_float, 2.6e-7 off at most.
template <class L> constexpr L tanh(const L& x) {
    if constexpr (!detail::wide_float<L>) return kiln::tanh(x);
    else {
        const L u = detail::clamp(x, 7.90531110763549805F), u2 = u * u;
        const L p =
            u * detail::polynomial(u2, std::array{4.89352455891786e-03F, 6.37261928875436e-04F, 1.48572235717979e-05F,
                                                  5.12229709037114e-08F, -8.60467152213735e-11F, 2.00018790482477e-13F,
                                                  -2.76076847742355e-16F});
        return p / detail::polynomial(u2, std::array{4.89352518554385e-03F, 2.26843463243900e-03F,
                                                     1.18534705686654e-04F, 1.19825839466702e-06F});
    }
}

// In float: the rational minimax approximation of Eigen's perf_float, 3.7e-7 off at most.
template <class L> constexpr L erf(const L& x) {
    if constexpr (!detail::wide_float<L>) return kiln::erf(x);
    else {
        const L u = detail::clamp(x, 4), u2 = u * u;
        const L p = u * detail::polynomial(
                            u2, std::array{-1.60960333262415e-02F, -2.95459980854025e-03F, -7.34990630326855e-04F,
                                           -5.69250639462346e-05F, -2.10102402082508e-06F, 2.77068142495902e-08F,
                                           -2.72614225801306e-10F});
        return p /
               detail::polynomial(u2, std::array{-1.42647390514189e-02F, -7.37332916720468e-03F, -1.68282697438203e-03F,
                                                 -2.13374055278905e-04F, -1.45660718464996e-05F});
    }
}

// 1 / (1 + exp(-x)).
template <class L> constexpr L sigmoid(const L& x) { return L(1) / (L(1) + exp(-x)); }

// The probability that a standard normal number is below x, and its density at x.
template <class L> constexpr L normal_distribution(const L& x) {
    using T = scalar<L>;
    return fma(elementary::erf(x * L(static_cast<T>(1 / std::numbers::sqrt2))), L(T(0.5)), L(T(0.5)));
}
template <class L> constexpr L normal_density(const L& x) {
    using T = scalar<L>;
    return elementary::exp2(x * x * L(static_cast<T>(-0.5 * std::numbers::log2e))) * L(static_cast<T>(std::numbers::inv_sqrtpi / std::numbers::sqrt2));
}

}  // namespace kiln::elementary
