#include <doctest/doctest.h>
#include <vector>
#include "kiln/core/workspace.hpp"
#include "kiln/kernels/pooling.hpp"
#include "support/whole.hpp"

using namespace kiln;

namespace {
// Every window of every plane, without the kernels' shortcuts: f(first element, element, its number in the window).
template <pooling::Window w, std::size_t C, std::size_t H, std::size_t W> void plain(auto f) {
    constexpr std::size_t rows = pooling::output_extent(H, w.height, w.stride_height, w.padding_height);
    constexpr std::size_t columns = pooling::output_extent(W, w.width, w.stride_width, w.padding_width);
    for (std::size_t out = 0; out < C * rows * columns; ++out)
        for (std::size_t k = 0; k < w.height * w.width; ++k) {
            const std::size_t row = out / columns % rows * w.stride_height + k / w.width - w.padding_height;
            const std::size_t column = out % columns * w.stride_width + k % w.width - w.padding_width;
            if (row < H && column < W) f(out, (out / (rows * columns) * H + row) * W + column, k);
        }
}

template <pooling::Window w, class L, std::size_t C, std::size_t H, std::size_t W> void check() {
    using T = scalar<L>;
    constexpr std::size_t OH = pooling::output_extent(H, w.height, w.stride_height, w.padding_height);
    constexpr std::size_t OW = pooling::output_extent(W, w.width, w.stride_width, w.padding_width);
    using In = Shape<C, H, W>;
    using Out = Shape<C, OH, OW>;
    AlignedVector<L> x(In::size), dx(In::size, L(T(99))), mean_dx(In::size, L(T(99))), y(Out::size), place(Out::size),
        mean(Out::size), dy(Out::size);
    const auto number = [](std::size_t i, std::size_t lane) {
        return static_cast<T>((i * 7 + lane * 5 + i * lane) % 23) - 11;
    };
    const auto fill = [&](AlignedVector<L>& v) {
        for (std::size_t i = 0; i < v.size(); ++i) {
            std::array<T, lane_count<L>> values;
            for (std::size_t lane = 0; lane < values.size(); ++lane) values[lane] = number(i, lane);
            v[i] = from_lanes<L>(values);
        }
    };
    fill(x), fill(dy);
    pooling::maximum<w>(View<In, const L>{x.data()}, View<Out, L>{y.data()}, View<Out, L>{place.data()});
    pooling::maximum_gradient<w>(View<Out, const L>{place.data()}, View<Out, const L>{dy.data()},
                                 View<In, L>{dx.data()});
    pooling::mean<w>(View<In, const L>{x.data()}, View<Out, L>{mean.data()});
    pooling::mean_gradient<w>(View<Out, const L>{dy.data()}, View<In, L>{mean_dx.data()});

    for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {
        CAPTURE(lane);
        std::vector<double> largest(Out::size, -1e9), total(Out::size), count(Out::size), expected_dx(In::size),
            expected_mean_dx(In::size);
        std::vector<std::size_t> winner(Out::size), winner_place(Out::size);
        plain<w, C, H, W>([&](std::size_t out, std::size_t in, std::size_t k) {
            const double v = static_cast<double>(number(in, lane));
            if (v > largest[out]) largest[out] = v, winner[out] = in, winner_place[out] = k;
            total[out] += v;
            ++count[out];
        });
        if (w.counts_padding) std::fill(count.begin(), count.end(), w.height * w.width);
        plain<w, C, H, W>([&](std::size_t out, std::size_t in, std::size_t) {
            expected_mean_dx[in] += static_cast<double>(number(out, lane)) / count[out];
        });
        for (std::size_t out = 0; out < Out::size; ++out)
            expected_dx[winner[out]] += static_cast<double>(number(out, lane));
        for (std::size_t out = 0; out < Out::size; ++out) {
            CAPTURE(out);
            CHECK(static_cast<double>(to_lanes(y[out])[lane]) == largest[out]);
            CHECK(to_lanes(place[out])[lane] == static_cast<T>(winner_place[out]));
            CHECK(static_cast<double>(to_lanes(mean[out])[lane]) ==
                  doctest::Approx(total[out] / count[out]).epsilon(1e-6));
        }
        for (std::size_t in = 0; in < In::size; ++in) {
            CAPTURE(in);
            CHECK(static_cast<double>(to_lanes(dx[in])[lane]) == expected_dx[in]);
            CHECK(static_cast<double>(to_lanes(mean_dx[in])[lane]) ==
                  doctest::Approx(expected_mean_dx[in]).epsilon(1e-6));
        }
    }
}
}  // namespace

TEST_CASE_TEMPLATE("pooling: every kind of window, in every width", L, double, Lanes<float, native_width<float>>,
                   Lanes<float, 2 * native_width<float>>) {
    check<pooling::Window{2, 2}, L, 3, 4, 6>();              // all of the image
    check<pooling::Window{2, 2}, L, 3, 5, 7>();              // some left over
    check<pooling::Window{1, 1}, L, 2, 3, 3>();              // nothing to choose
    check<pooling::Window{3, 2, 1, 1}, L, 2, 5, 4>();        // overlapping
    check<pooling::Window{2, 2, 3, 3}, L, 2, 9, 8>();        // apart
    check<pooling::Window{3, 3, 2, 2, 1, 1}, L, 2, 6, 5>();  // padded
    check<pooling::Window{5, 4, 1, 2, 2, 2}, L, 1, 1, 3>();  // larger than the image
    check<pooling::Window{3, 3, 2, 2, 1, 1, false}, L, 2, 6, 5>();  // padded, and the padding not counted
    check<pooling::Window{5, 4, 1, 2, 2, 2, false}, L, 1, 1, 3>();
}

TEST_CASE("pooling: known to the compiler") {
    constexpr float largest = [] {
        const float x[4] = {1, 5, 3, 2};
        float y[1]{}, place[1]{};
        pooling::maximum<pooling::Window{2, 2}>(View<Shape<1, 2, 2>, const float>{x}, View<Shape<1, 1, 1>, float>{y},
                                                View<Shape<1, 1, 1>, float>{place});
        return y[0] + 10 * place[0];
    }();
    CHECK(largest == 15);
}

TEST_CASE("pooling: an output's extent is rounded down, as in PyTorch") {
    CHECK(pooling::output_extent(7, 2, 2, 0) == 3);
    CHECK(pooling::output_extent(7, 3, 2, 1) == 4);
    CHECK(pooling::output_extent(2, 3, 1, 0) == 0);
}

namespace {
// Maxima and means on one lane, as the compiler finds them: y is linear in x where the winners stay, and dx is what goes back.
template <pooling::Window w, class In> constexpr bool agrees_as_constant() {
    using Out = Shape<In::extents[0], pooling::output_extent(In::extents[1], w.height, w.stride_height, w.padding_height),
                      pooling::output_extent(In::extents[2], w.width, w.stride_width, w.padding_width)>;
    const Whole<In> x(1);
    const Whole<Out> dy(2);
    Whole<Out> y, place, mean;
    Whole<In> dx, mean_dx;
    pooling::maximum<w>(x.read(), y.view(), place.view());
    pooling::maximum_gradient<w>(as_const(place.read()), dy.read(), dx.view());
    pooling::mean<w>(x.read(), mean.view());
    pooling::mean_gradient<w>(dy.read(), mean_dx.view());
    const double bound = 10 * std::numeric_limits<double>::epsilon() * In::size * 5 * 5;
    return dx.times(x) == y.times(dy) && kiln::abs(mean_dx.times(x) - mean.times(dy)) <= bound;
}
}  // namespace

static_assert(agrees_as_constant<pooling::Window{2, 2, 2, 2, 0, 0}, Shape<2, 4, 5>>());
static_assert(agrees_as_constant<pooling::Window{3, 2, 1, 2, 1, 1}, Shape<1, 4, 3>>());
