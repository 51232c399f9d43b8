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
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln::normalise {
namespace detail {
using kiln::detail::fma_of;
template <class L> using Register = std::remove_cvref_t<decltype(register_of(std::declval<L&>(), 0))>;

// The sums of some numbers for each of Count packs, to which add(register sums, i, part) adds those of register `part` of pack i.
template <Index Count, class L, std::size_t N> [[gnu::always_inline]] constexpr void sums(L (&result)[N], auto add) {
    constexpr Index parts = registers_in<L>, side = std::min(Count, std::max(Index{1}, 4 / parts)), left = Count % side;
    Register<L> total[std::size_t{side * parts}][N];
    repeat<side * parts>([&](Index k) { std::fill_n(total[k], N, Register<L>(0)); });
    for (Index i = 0; i < Count - left; i += side)
        repeat<side * parts>([&](Index k) { add(total[k], i + k / parts, k % parts); });
    repeat<left * parts>([&](Index k) { add(total[k], Count - left + k / parts, k % parts); });
    for (std::size_t n = 0; n < N; ++n)
        repeat<parts>([&](Index part) {
            Register<L> all = total[part][n];
            repeat<side - 1>([&](Index s) { all = all + total[(s + 1) * parts + part][n]; });
            register_of(result[n], part) = all;
        });
}

// f(i, part) for every register of `count` packs.
template <class L> [[gnu::always_inline]] constexpr void for_each_register(Index count, auto f) {
    for (Index i = 0; i < count; ++i) repeat<registers_in<L>>([&](Index part) { f(i, part); });
}
}  // namespace detail

// (The results are references, and the second sum refers to the first, since g++ 12 copies packs of two registers word by word.)
template <class S, class L> constexpr void moments(View<S, const L> x, L& mean, L& squares) {
    using T = scalar<L>;
    L total[1];
    detail::sums<S::size>(total, [=](auto& t, Index i, Index part) { t[0] = t[0] + register_of(x.data[i], part); });
    mean = total[0] * L(static_cast<T>(1.0 / static_cast<double>(S::size)));
    detail::sums<S::size>(total, [=, &mean](auto& t, Index i, Index part) {
        const auto d = register_of(x.data[i], part) - register_of(mean, part);
        t[0] = detail::fma_of(d, d, t[0]);
    });
    squares = total[0];
}

template <class S, class L> constexpr void shift(View<S, const L> x, L mean, L scale, L bias, View<S, L> y) {
    detail::for_each_register<L>(S::size, [=](Index i, Index part) {
        register_of(y.data[i], part) =
            detail::fma_of(register_of(x.data[i], part) - register_of(mean, part), register_of(scale, part), register_of(bias, part));
    });
}

// total: sum dy, and sum dy (x - mean).
template <class S, class L> constexpr void slopes(View<S, const L> x, View<S, const L> dy, L mean, L (&total)[2]) {
    detail::sums<S::size>(total, [=](auto& t, Index i, Index part) {
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
