// Upsample: an image Scale times as high and as wide: PyTorch's Upsample, with align_corners = False.
//
//     nearest      y[c][r][q] = x[c][r / S][q / S], rounded down
//     bilinear     y[c][r][q] = between the four x around the point ((r + 1/2) / S - 1/2, (q + 1/2) / S - 1/2), in proportion
//                  to how near it is to each; at the edge between the two or the one that there are
//
//     x [C, H, W]    y [C, S H, S W]    dx = the sum over the y it is part of, of dy times its share
//
//     Upsample<2>    Upsample<Extent2{1, 3}, Interpolation::bilinear>
#pragma once
#include <algorithm>
#include <array>
#include <type_traits>
#include "kiln/layers/image.hpp"

namespace kiln {

enum class Interpolation { nearest, bilinear };

namespace detail {
template <Extent2 Scale> consteval bool sound_upsample() {
    static_assert(Scale.height > 0 && Scale.width > 0, "Upsample: the scale is at least 1");
    return true;
}

// Along an axis, an output lies between input `at`, of which it takes a share, and input `next`, of which it takes the rest.
template <class T> struct Between {
    std::size_t at, next;
    T share, rest;
};
template <class T, std::size_t Inputs, std::size_t Scale>
inline constexpr auto between = [] {
    std::array<Between<T>, Inputs * Scale> all{};
    for (std::size_t p = 0; p < all.size(); ++p) {
        const std::size_t place = std::max(2 * p + 1, Scale) - Scale;  // in steps of 1 / (2 Scale)
        const std::size_t at = place / (2 * Scale);
        const double rest = static_cast<double>(place % (2 * Scale)) / static_cast<double>(2 * Scale);
        all[p] = {at, std::min(at + 1, Inputs - 1), static_cast<T>(1 - rest), static_cast<T>(rest)};
    }
    return all;
}();

// An image's own numbers, each several times.
template <Extent2 Scale> struct Nearest {
    static constexpr void forward(auto tile) {
        each(tile.x, [&](std::size_t in, std::size_t out) { tile.y[out] = tile.x[in]; });
    }
    static constexpr void backward(auto tile) {
        tile.dx.fill(typename decltype(tile)::L(0));
        each(tile.dx, [&](std::size_t in, std::size_t out) { tile.dx[in] += tile.dy[out]; });
    }

private:
    // f(place in x, place in y) for every y.
    template <class In, class L> static constexpr void each(View<In, L>, auto f) {
        for (std::size_t r = 0, out = 0; r < In::size / last_axis<In>; ++r)
            for (std::size_t j = 0; j < Scale.height; ++j)
                for (std::size_t q = 0; q < last_axis<In>; ++q)
                    for (std::size_t k = 0; k < Scale.width; ++k) f(r * last_axis<In> + q, out++);
    }
};

// One row of y after the other, by way of a row as wide as x that lies between two of x's rows.
template <Extent2 Scale> struct Bilinear {
    template <class In> using Scratch = Arrays<Shape<last_axis<In>>>;

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        const auto [row] = tile.scratch;
        each_row(tile.x, tile.y, [=](auto above, auto below, L share, L rest, auto y, const auto& columns) {
            for (std::size_t q = 0; q < row.size; ++q) row[q] = fma(rest, below[q], share * above[q]);
            for (std::size_t q = 0; q < y.size; ++q)
                y[q] = fma(L(columns[q].rest), row[columns[q].next], L(columns[q].share) * row[columns[q].at]);
        });
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        const auto [row] = tile.scratch;
        tile.dx.fill(L(0));
        each_row(tile.dx, tile.dy, [=](auto above, auto below, L share, L rest, auto dy, const auto& columns) {
            const auto add = [](L& to, L part, L whole) { to = fma(part, whole, to); };
            row.fill(L(0));
            for (std::size_t q = 0; q < dy.size; ++q) {
                add(row[columns[q].at], L(columns[q].share), dy[q]);
                add(row[columns[q].next], L(columns[q].rest), dy[q]);
            }
            for (std::size_t q = 0; q < row.size; ++q) {
                add(above[q], share, row[q]);
                add(below[q], rest, row[q]);
            }
        });
    }

private:
    // f(row of x, the next, their shares, row of y, where its numbers lie in the row of x) for every row of y.
    template <class In, class Out, class X, class Y>
    static constexpr void each_row(View<In, X> x, View<Out, Y> y, auto f) {
        using L = std::remove_const_t<X>;
        constexpr auto& rows = between<scalar<L>, In::extents[1], Scale.height>;
        constexpr auto& columns = between<scalar<L>, In::extents[2], Scale.width>;
        for (std::size_t c = 0; c < x.rows; ++c)
            for (std::size_t r = 0; r < rows.size(); ++r)
                f(x.row(c).row(rows[r].at), x.row(c).row(rows[r].next), L(rows[r].share), L(rows[r].rest),
                  y.row(c).row(r), columns);
    }
};
}  // namespace detail

template <Extent2 Scale, Interpolation Mode = Interpolation::nearest>
    requires(detail::sound_upsample<Scale>())
struct Upsample : TakesImage<0, 1>,
                  std::conditional_t<Mode == Interpolation::nearest, detail::Nearest<Scale>, detail::Bilinear<Scale>> {
    static constexpr Text name() {
        return text("Upsample<", extent_text(Scale), Mode == Interpolation::bilinear ? ",bilinear>" : ">");
    }
    template <class In>
    using output_shape = Shape<In::extents[0], Scale.height * In::extents[1], Scale.width * In::extents[2]>;
    static constexpr Known keeps = channels_only;

    static constexpr Reads reads = Reads::nothing;
};

}  // namespace kiln
