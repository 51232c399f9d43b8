// Normalising of a run of packs, every lane by itself: its mean and squares, and what backward needs.
//
//     moments     mean = sum x / n    squares = sum (x - mean)^2
//     shift       y = (x - mean) scale + bias
//     slopes      sum dy    sum dy (x - mean)
//     unshift     dx = a dy + b (x - mean) + c
//
// Two passes for the squares: sum x^2 - n mean^2 would lose all digits where the mean is large. x and y, dy and dx may be the same.
//
// Passes over 28 x 28 packs of 16 floats run at the speed of memory. That takes several sums side by side, since an addition waits
// for the one before, and packs handled register by register, which g++ 12 would else copy through the stack.
#pragma once
#include <algorithm>
#include <array>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln::normalise {
namespace detail {
using kiln::detail::fma_of;
template <class L> using Register = std::remove_cvref_t<decltype(register_of(std::declval<L&>(), 0))>;

// The sums of N numbers for each of Count packs, to which add(register sums, i, part) adds those of register `part` of pack i.
template <std::size_t N, Index Count, class L> [[gnu::always_inline]] constexpr std::array<L, N> sums(auto add) {
    constexpr Index parts = registers_in<L>, side = std::min(Count, std::max(Index{1}, 4 / parts)), left = Count % side;
    Register<L> total[std::size_t{side * parts}][N];
    repeat<side * parts>([&](Index k) { std::fill_n(total[k], N, Register<L>(0)); });
    for (Index i = 0; i < Count - left; i += side)
        repeat<side * parts>([&](Index k) { add(total[k], i + k / parts, k % parts); });
    repeat<left * parts>([&](Index k) { add(total[k], Count - left + k / parts, k % parts); });
    std::array<L, N> result;
    for (std::size_t n = 0; n < N; ++n)
        repeat<parts>([&](Index part) {
            Register<L> all = total[part][n];
            repeat<side - 1>([&](Index s) { all = all + total[(s + 1) * parts + part][n]; });
            register_of(result[n], part) = all;
        });
    return result;
}

// f(i, part) for every register of `count` packs.
template <class L> [[gnu::always_inline]] constexpr void for_each_register(Index count, auto f) {
    for (Index i = 0; i < count; ++i) repeat<registers_in<L>>([&](Index part) { f(i, part); });
}
}  // namespace detail

template <class L> struct Moments {
    L mean, squares;
};
template <class S, class L> constexpr auto moments(View<S, const L> x) {
    const L* const from = x.data;
    const auto [total] = detail::sums<1, S::size, L>([=](auto& t, Index i, Index part) { t[0] = t[0] + register_of(from[i], part); });
    const L mean = total * L(static_cast<scalar<L>>(1.0 / static_cast<double>(S::size)));
    const auto [squares] = detail::sums<1, S::size, L>([=](auto& t, Index i, Index part) {
        const auto d = register_of(from[i], part) - register_of(mean, part);
        t[0] = detail::fma_of(d, d, t[0]);
    });
    return Moments<L>{mean, squares};
}

template <class S, class L> constexpr void shift(View<S, const L> x, L mean, L scale, L bias, View<S, L> y) {
    detail::for_each_register<L>(S::size, [=](Index i, Index part) {
        register_of(y.data[i], part) =
            detail::fma_of(register_of(x.data[i], part) - register_of(mean, part), register_of(scale, part), register_of(bias, part));
    });
}

template <class S, class L> constexpr std::array<L, 2> slopes(View<S, const L> x, View<S, const L> dy, L mean) {
    return detail::sums<2, S::size, L>([=](auto& t, Index i, Index part) {
        const auto slope = register_of(dy.data[i], part);
        t[0] = t[0] + slope;
        t[1] = detail::fma_of(slope, register_of(x.data[i], part) - register_of(mean, part), t[1]);
    });
}

template <class S, class L> constexpr void unshift(View<S, const L> x, View<S, const L> dy, L mean, L a, L b, L c, View<S, L> dx) {
    detail::for_each_register<L>(S::size, [=](Index i, Index part) {
        const auto d = register_of(x.data[i], part) - register_of(mean, part);
        register_of(dx.data[i], part) = detail::fma_of(
            register_of(dy.data[i], part), register_of(a, part), detail::fma_of(d, register_of(b, part), register_of(c, part)));
    });
}

}  // namespace kiln::normalise
