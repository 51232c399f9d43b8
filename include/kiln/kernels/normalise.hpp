// Normalising of a row of packs, every lane by itself, and what backward needs.
//
//     mean        m = sum x / n
//     squares     sum (x - m)^2
//     shift       y = (x - m) inverse w + b
//     slopes      sum w dy    sum w dy (x - m)
//     unshift     dx = p w dy + q (x - m) + r
//     parameter_gradient    dw += sum dy (x - m) inverse    db += sum dy    of each column, over rows and lanes
//
// w and b are one number for the whole row or one for each column. Mean first and squares then: sum x^2 - n m^2 would lose all
// digits where the mean is large. x and y, dy and dx may be the same.
//
// Rows of 28 x 28 packs run at the speed of memory: BatchNorm of 64 images of 8 x 28 x 28 takes 0.20 ns a float forward, which
// reads each twice and writes one, and 0.26 back, which reads four and writes one, where a copy takes 0.105 (one core of a Zen 3,
// g++ 12 and clang 19, 8 to 32 lanes). That takes several sums side by side, since an addition waits for the one before, and packs
// handled register by register and passed by reference: g++ 12 copies packs of two registers word by word.
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
// The register's worth of a row's or of a column's number.
template <class R, class T> constexpr R number(const T* each, Index i) { return R(each[i]); }
template <class R, std::floating_point T> constexpr R number(T same, Index) { return R(same); }
}  // namespace detail

template <class S, class L> constexpr void mean(View<S, const L> x, L& result) {
    using T = scalar<L>;
    L total[1];
    detail::sums<S::size>(total, [=](auto& t, Index i, Index part) { t[0] = t[0] + register_of(x.data[i], part); });
    result = total[0] * L(static_cast<T>(1.0 / static_cast<double>(S::size)));
}

template <class S, class L> constexpr void squares(View<S, const L> x, const L& mean, L& result) {
    L total[1];
    detail::sums<S::size>(total, [=, &mean](auto& t, Index i, Index part) {
        const auto d = register_of(x.data[i], part) - register_of(mean, part);
        t[0] = detail::fma_of(d, d, t[0]);
    });
    result = total[0];
}

template <class S, class L> constexpr void shift(View<S, const L> x, L mean, L inverse, auto w, auto b, View<S, L> y) {
    using R = detail::Register<L>;
    detail::for_each_register<L>(S::size, [=](Index i, Index part) {
        const R h = (register_of(x.data[i], part) - register_of(mean, part)) * register_of(inverse, part);
        register_of(y.data[i], part) = detail::fma_of(h, detail::number<R>(w, i), detail::number<R>(b, i));
    });
}

template <class S, class L> constexpr void slopes(View<S, const L> x, View<S, const L> dy, const L& mean, auto w, L (&total)[2]) {
    using R = detail::Register<L>;
    detail::sums<S::size>(total, [=, &mean](auto& t, Index i, Index part) {
        const R slope = detail::number<R>(w, i) * register_of(dy.data[i], part);
        t[0] = t[0] + slope;
        t[1] = detail::fma_of(slope, register_of(x.data[i], part) - register_of(mean, part), t[1]);
    });
}

template <class S, class L> constexpr void unshift(View<S, const L> x, View<S, const L> dy, L mean, L p, auto w, L q, L r, View<S, L> dx) {
    using R = detail::Register<L>;
    detail::for_each_register<L>(S::size, [=](Index i, Index part) {
        const R slope = detail::number<R>(w, i) * register_of(dy.data[i], part), d = register_of(x.data[i], part) - register_of(mean, part);
        register_of(dx.data[i], part) = detail::fma_of(slope, register_of(p, part), detail::fma_of(d, register_of(q, part), register_of(r, part)));
    });
}

// mean and inverse [Rows]; db may be null.
template <std::size_t Rows, std::size_t Columns, class L, class T>
constexpr void parameter_gradient(View<Shape<Rows, Columns>, const L> x, View<Shape<Rows, Columns>, const L> dy, const L* mean, const L* inverse,
                                  T* dw, T* db) {
    using R = detail::Register<L>;
    for_each_block<Columns, 4>([=]<Index Block>(Index first) {
        constexpr std::size_t both = 2 * std::size_t{Block};
        R total[both];
        std::fill_n(total, both, R(0));
        for (std::size_t r = 0; r < Rows; ++r)
            repeat<registers_in<L>>([&](Index part) {
                const R m = register_of(mean[r], part), scale = register_of(inverse[r], part);
                repeat<Block>([&](Index k) {
                    const R slope = register_of(dy.row(r).data[first + k], part);
                    total[k] = detail::fma_of(slope, (register_of(x.row(r).data[first + k], part) - m) * scale, total[k]);
                    total[Block + k] = total[Block + k] + slope;
                });
            });
        T totals[both];
        sums_of_lanes<lane_count<L> / registers_in<L>>(total, totals);
        for (Index k = 0; k < Block; ++k) {
            dw[first + k] += totals[k];
            if (db) db[first + k] += totals[Block + k];
        }
    });
}

}  // namespace kiln::normalise
