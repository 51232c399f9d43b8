// Pooling of a tile: the largest or the mean of a window of every plane, and the gradients.
//
//     x, dx [C, H, W]    y, dy, place [C, OH, OW]    OH = (H + 2 padding - height) / stride + 1, rounded down; OW likewise
//
// Where the window's last step leaves rows or columns over, they are dropped, as in PyTorch, and their dx is zero.
// Every element is a pack of samples.
//
// The kernels are compiled for each window, not for each image. On a 2x2 window they run at the speed of memory, and
// that took care: a pack is handled register by register (copies of packs of two went through the stack in g++ 12, 3.7
// instead of 1 ns for 16 floats of x), and the lambdas hold their pointers by value (else clang 19 loads them again
// after every store, 3.4 instead of 0.8 ns). That a NaN reaches y costs the maximum 0.05 to 0.1 ns for 8 floats of x.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"
#include "kiln/kernels/blocks.hpp"

namespace kiln::pooling {

struct Window {
    std::size_t height = 1, width = 1;
    std::size_t stride_height = height, stride_width = width;
    std::size_t padding_height = 0, padding_width = 0;
    bool counts_padding = true;  // in a mean: as zeros, else not at all
};

// y's extent along an axis; 0 where the window does not fit in.
constexpr std::size_t output_extent(std::size_t input, std::size_t window, std::size_t stride, std::size_t padding) {
    return input + 2 * padding < window ? 0 : (input + 2 * padding - window) / stride + 1;
}

namespace detail {
using kiln::detail::select_of;

struct Image {
    std::size_t planes, height, width;
};

// Calls f(first x, first k, rows, columns, y) for the window of every output, cut to the image: the window's first
// element lies at x, which is element k of the whole window counted row by row. Without padding the rows and columns
// are known when compiled.
template <Window w> constexpr void for_each_window(Image image, auto f) {
    const std::size_t rows = output_extent(image.height, w.height, w.stride_height, w.padding_height);
    const std::size_t columns = output_extent(image.width, w.width, w.stride_width, w.padding_width);
    for (std::size_t c = 0, y = 0; c < image.planes; ++c)
        for (std::size_t r = 0; r < rows; ++r)
            if constexpr (w.padding_height == 0 && w.padding_width == 0) {
                std::size_t x = (c * image.height + r * w.stride_height) * image.width;
                for (std::size_t q = 0; q < columns; ++q, x += w.stride_width) f(x, 0, w.height, w.width, y++);
            } else {
                const auto cut = [](std::size_t start, std::size_t padding) {
                    return start < padding ? padding - start : 0;
                };
                const std::size_t top = cut(r * w.stride_height, w.padding_height);
                const std::size_t at_row = r * w.stride_height + top - w.padding_height;
                const std::size_t height = std::min(w.height - top, image.height - at_row);
                for (std::size_t q = 0; q < columns; ++q) {
                    const std::size_t left = cut(q * w.stride_width, w.padding_width);
                    const std::size_t at_column = q * w.stride_width + left - w.padding_width;
                    f((c * image.height + at_row) * image.width + at_column, top * w.width + left, height,
                      std::min(w.width - left, image.width - at_column), y++);
                }
            }
}

// Whether every element of x is in one window at most.
template <Window w> inline constexpr bool apart = w.stride_height >= w.height && w.stride_width >= w.width;
// Whether windows cover all of the image, each element once.
template <Window w> constexpr bool tiles(Image image) {
    return w.stride_height == w.height && w.stride_width == w.width && w.padding_height == 0 && w.padding_width == 0 &&
           image.height % w.height == 0 && image.width % w.width == 0;
}

template <class L> using Register = std::remove_cvref_t<decltype(register_of(std::declval<L&>(), 0))>;

template <Window w, class L> [[gnu::noinline]] constexpr void maximum(Image image, const L* x, L* y, L* place) {
    using R = Register<L>;
    const auto number = [](std::size_t k) { return R(static_cast<scalar<L>>(k)); };
    const R nan(std::numeric_limits<scalar<L>>::quiet_NaN());
    for_each_window<w>(image, [=](std::size_t at, std::size_t first, std::size_t rows, std::size_t columns,
                                  std::size_t out) __attribute__((always_inline)) {
#pragma GCC unroll 4
        for (Index part = 0; part < registers_in<L>; ++part) {
            R best = register_of(x[at], part), winner = number(first);
            auto numbers = best == best;
#pragma GCC unroll 4
            for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
                for (std::size_t j = 0; j < columns; ++j)
                    if (i + j > 0) {
                        const R v = register_of(x[at + i * image.width + j], part);
                        const auto larger = v > best;
                        numbers = numbers && v == v;
                        best = select_of(larger, v, best);
                        winner = select_of(larger, number(first + i * w.width + j), winner);
                    }
            register_of(y[out], part) = select_of(numbers, best, nan);
            register_of(place[out], part) = winner;
        }
    });
}

template <Window w, class L>
[[gnu::noinline]] constexpr void maximum_gradient(Image image, const L* place, const L* dy, L* dx) {
    using R = Register<L>;
    const auto number = [](std::size_t k) { return R(static_cast<scalar<L>>(k)); };
    if (!tiles<w>(image)) std::fill_n(dx, image.planes * image.height * image.width, L(0));
    for_each_window<w>(image, [=](std::size_t at, std::size_t first, std::size_t rows, std::size_t columns,
                                  std::size_t out) __attribute__((always_inline)) {
#pragma GCC unroll 4
        for (Index part = 0; part < registers_in<L>; ++part) {
            const R slope = register_of(dy[out], part), winner = register_of(place[out], part);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
                for (std::size_t j = 0; j < columns; ++j) {
                    R& to = register_of(dx[at + i * image.width + j], part);
                    const R own = select_of(winner == number(first + i * w.width + j), slope, R(0));
                    if constexpr (apart<w>) to = own;
                    else to += own;
                }
        }
    });
}

// The share of each element in the mean of a window of which n lie in the image: 1 / n, or with the padding counted the
// same for all n.
template <Window w, class T> inline constexpr auto shares = [] {
    std::array<T, w.height * w.width + 1> shares{};
    for (std::size_t n = 1; n < shares.size(); ++n)
        shares[n] = static_cast<T>(1.0 / static_cast<double>(w.counts_padding ? w.height * w.width : n));
    return shares;
}();

template <Window w, class L> [[gnu::noinline]] constexpr void mean(Image image, const L* x, L* y) {
    using R = Register<L>;
    for_each_window<w>(image, [=](std::size_t at, std::size_t, std::size_t rows, std::size_t columns, std::size_t out)
                                  __attribute__((always_inline)) {
#pragma GCC unroll 4
                                      for (Index part = 0; part < registers_in<L>; ++part) {
                                          R total(0);
#pragma GCC unroll 4
                                          for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
                                              for (std::size_t j = 0; j < columns; ++j)
                                                  total += register_of(x[at + i * image.width + j], part);
                                          register_of(y[out], part) = total * R(shares<w, scalar<L>>[rows * columns]);
                                      }
                                  });
}

template <Window w, class L> [[gnu::noinline]] constexpr void mean_gradient(Image image, const L* dy, L* dx) {
    using R = Register<L>;
    if (!tiles<w>(image)) std::fill_n(dx, image.planes * image.height * image.width, L(0));
    for_each_window<w>(image, [=](std::size_t at, std::size_t, std::size_t rows, std::size_t columns, std::size_t out)
                                  __attribute__((always_inline)) {
#pragma GCC unroll 4
                                      for (Index part = 0; part < registers_in<L>; ++part) {
                                          const R own = register_of(dy[out], part) * R(shares<w, scalar<L>>[rows * columns]);
#pragma GCC unroll 4
                                          for (std::size_t i = 0; i < rows; ++i)
#pragma GCC unroll 4
                                              for (std::size_t j = 0; j < columns; ++j) {
                                                  R& to = register_of(dx[at + i * image.width + j], part);
                                                  if constexpr (apart<w>) to = own;
                                                  else to += own;
                                              }
                                      }
                                  });
}

template <Window w, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW>
inline constexpr bool fits = OH == output_extent(H, w.height, w.stride_height, w.padding_height) &&
                             OW == output_extent(W, w.width, w.stride_width, w.padding_width);
}  // namespace detail

// y is the largest of each window, and place which of its elements that is, counted row by row: the first of several.
// Where one is a NaN so is y, and place is that of the largest of the others.
template <Window w, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW, class L>
constexpr void maximum(View<Shape<C, H, W>, const L> x, View<Shape<C, OH, OW>, L> y, View<Shape<C, OH, OW>, L> place) {
    static_assert(detail::fits<w, C, H, W, OH, OW>);
    detail::maximum<w, L>({C, H, W}, x.data, y.data, place.data);
}
// dx is the sum of dy over the windows whose largest element it is.
template <Window w, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW, class L>
constexpr void maximum_gradient(View<Shape<C, OH, OW>, const L> place, View<Shape<C, OH, OW>, const L> dy,
                                View<Shape<C, H, W>, L> dx) {
    static_assert(detail::fits<w, C, H, W, OH, OW>);
    detail::maximum_gradient<w, L>({C, H, W}, place.data, dy.data, dx.data);
}

// y is the sum of each window divided by its size; what lies in the padding counts as zeros, as PyTorch's default has
// it, or where !counts_padding not at all.
template <Window w, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW, class L>
constexpr void mean(View<Shape<C, H, W>, const L> x, View<Shape<C, OH, OW>, L> y) {
    static_assert(detail::fits<w, C, H, W, OH, OW>);
    detail::mean<w, L>({C, H, W}, x.data, y.data);
}
// dx is the sum of dy over the windows it is in, divided by their size.
template <Window w, std::size_t C, std::size_t H, std::size_t W, std::size_t OH, std::size_t OW, class L>
constexpr void mean_gradient(View<Shape<C, OH, OW>, const L> dy, View<Shape<C, H, W>, L> dx) {
    static_assert(detail::fits<w, C, H, W, OH, OW>);
    detail::mean_gradient<w, L>({C, H, W}, dy.data, dx.data);
}

}  // namespace kiln::pooling
