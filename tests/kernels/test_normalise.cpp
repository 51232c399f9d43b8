#include <doctest/doctest.h>
#include <cmath>
#include <vector>
#include "kiln/core/workspace.hpp"
#include "kiln/kernels/normalise.hpp"
#include "support/whole.hpp"

using namespace kiln;

namespace {
// Every lane against plain double.
template <class L, std::size_t Count> void check() {
    using T = scalar<L>;
    using S = Shape<Count>;
    CAPTURE(lane_count<L>);
    CAPTURE(Count);
    const auto number = [](std::size_t i, std::size_t lane) { return static_cast<T>((i * 7 + lane * 5 + i * lane) % 23) / 8 - 1; };
    const auto lanes = [&](std::size_t i) {
        std::array<T, lane_count<L>> values;
        for (std::size_t lane = 0; lane < values.size(); ++lane) values[lane] = number(i, lane);
        return from_lanes<L>(values);
    };
    AlignedVector<L> x(Count), dy(Count), y(Count), dx(Count);
    for (std::size_t i = 0; i < Count; ++i) x[i] = lanes(i), dy[i] = lanes(i + 1000);
    const L m = lanes(1), a = lanes(2), b = lanes(3), c = lanes(4);
    const View<S, const L> from{x.data()}, slope{dy.data()};
    std::vector<T> w(Count), bias(Count);
    for (std::size_t i = 0; i < Count; ++i) w[i] = number(i, 3), bias[i] = number(i, 4);
    L found_mean, found_squares, slopes[2], weighted[2];
    normalise::mean(from, found_mean);
    normalise::squares(from, found_mean, found_squares);
    normalise::slopes(from, slope, m, w[0], slopes);
    normalise::slopes(from, slope, m, w.data(), weighted);
    normalise::shift(from, m, a, w.data(), bias.data(), View<S, L>{y.data()});
    normalise::unshift(from, slope, m, a, w.data(), b, c, View<S, L>{dx.data()});

    const double unit = 8 * std::numeric_limits<T>::epsilon(), n = static_cast<double>(Count);
    const auto near = [&](L value, std::size_t lane, double expected, double terms) {
        CHECK(std::abs(static_cast<double>(to_lanes(value)[lane]) - expected) <= unit * terms);
    };
    for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {
        CAPTURE(lane);
        const auto at = [&](std::size_t i) { return static_cast<double>(number(i, lane)); };
        const auto weight = [&](std::size_t i) { return static_cast<double>(w[i]); };
        double mean = 0, squares = 0, total = 0, product = 0, weighted_total = 0, weighted_product = 0;
        for (std::size_t i = 0; i < Count; ++i) {
            mean += at(i) / n;
            total += weight(0) * at(i + 1000);
            product += weight(0) * at(i + 1000) * (at(i) - at(1));
            weighted_total += weight(i) * at(i + 1000);
            weighted_product += weight(i) * at(i + 1000) * (at(i) - at(1));
            near(y[i], lane, (at(i) - at(1)) * at(2) * weight(i) + static_cast<double>(bias[i]), 8);
            near(dx[i], lane, at(2) * weight(i) * at(i + 1000) + at(3) * (at(i) - at(1)) + at(4), 8);
        }
        for (std::size_t i = 0; i < Count; ++i) squares += (at(i) - mean) * (at(i) - mean);
        near(found_mean, lane, mean, 1);
        near(found_squares, lane, squares, n);
        near(slopes[0], lane, total, n);
        near(slopes[1], lane, product, n);
        near(weighted[0], lane, weighted_total, n);
        near(weighted[1], lane, weighted_product, n);
    }
    // In place.
    normalise::shift(from, m, a, w.data(), bias.data(), View<S, L>{x.data()});
    for (std::size_t i = 0; i < Count; ++i) CHECK(to_lanes(x[i]) == to_lanes(y[i]));
}
// Numbers that are exact in any order: whole ones.
template <class L, std::size_t Rows, std::size_t Columns> void check_parameter_gradient() {
    using T = scalar<L>;
    using S = Shape<Rows, Columns>;
    CAPTURE(lane_count<L>);
    CAPTURE(Columns);
    const auto number = [](std::size_t i, std::size_t lane) { return static_cast<T>((i * 7 + lane * 5 + i * lane) % 11) - 5; };
    const auto fill = [&](std::size_t count, std::size_t offset) {
        AlignedVector<L> lanes(count);
        for (std::size_t i = 0; i < count; ++i) {
            std::array<T, lane_count<L>> values;
            for (std::size_t lane = 0; lane < values.size(); ++lane) values[lane] = number(i + offset, lane);
            lanes[i] = from_lanes<L>(values);
        }
        return lanes;
    };
    const auto x = fill(S::size, 0), dy = fill(S::size, 1000), mean = fill(Rows, 2000), inverse = fill(Rows, 3000);
    std::vector<T> dw(Columns, 1), db(Columns, 2), alone(Columns, 1), expected_dw = dw, expected_db = db;
    const View<S, const L> x_view{x.data()}, dy_view{dy.data()};
    normalise::parameter_gradient(x_view, dy_view, mean.data(), inverse.data(), dw.data(), db.data());
    normalise::parameter_gradient(x_view, dy_view, mean.data(), inverse.data(), alone.data(), static_cast<T*>(nullptr));
    for (std::size_t i = 0; i < S::size; ++i)
        for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {
            const std::size_t r = i / Columns, c = i % Columns;
            expected_dw[c] += number(i + 1000, lane) * (number(i, lane) - number(r + 2000, lane)) * number(r + 3000, lane);
            expected_db[c] += number(i + 1000, lane);
        }
    CHECK(dw == expected_dw);
    CHECK(db == expected_db);
    CHECK(alone == expected_dw);
}

template <class L> void check_counts() {
    check<L, 1>();
    check<L, 2>();
    check<L, 5>();
    check<L, 8>();
    check<L, 101>();
    check_parameter_gradient<L, 1, 1>();
    check_parameter_gradient<L, 3, 8>();
    check_parameter_gradient<L, 2, 11>();
}
}  // namespace

TEST_CASE_TEMPLATE("normalise: sums and maps, in every width of lanes", T, float, double) {
    check_counts<T>();
    check_counts<Lanes<T, 2>>();
    check_counts<Lanes<T, native_width<T>>>();
    check_counts<Lanes<T, 2 * native_width<T>>>();
    check_counts<Lanes<T, 4 * native_width<T>>>();
    check_counts<Lanes<T, 8 * native_width<T>>>();
}

TEST_CASE("normalise: squares about a mean of a million keep their digits") {
    const std::vector<double> x{1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4};
    double mean = 0, squares = 0;
    normalise::mean(View<Shape<4>, const double>{x.data()}, mean);
    normalise::squares(View<Shape<4>, const double>{x.data()}, mean, squares);
    CHECK(mean == 1e6 + 2.5);
    CHECK(squares == doctest::Approx(5).epsilon(1e-9));
}

namespace {
// On one lane, as the compiler finds it: dw and db are sums over rows.
constexpr bool agrees_as_constant() {
    const Whole<Shape<3, 4>> x(1), dy(2);
    const std::array mean{1., -2., 0.}, inverse{2., 1., 0.5};
    Whole<Shape<4>> dw(3), db(4), wanted_dw(3), wanted_db(4);
    normalise::parameter_gradient(x.read(), dy.read(), mean.data(), inverse.data(), dw.number.data(), db.number.data());
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 4; ++c) {
            wanted_dw.number[c] += dy.read()(r, c) * (x.read()(r, c) - mean[r]) * inverse[r];
            wanted_db.number[c] += dy.read()(r, c);
        }
    double found_mean = 0, found_squares = 0;
    normalise::mean(dy.read().row(0), found_mean);
    normalise::squares(dy.read().row(0), found_mean, found_squares);
    double squares = 0;
    for (const double v : dy.read().row(0)) squares += (v - found_mean) * (v - found_mean);
    return dw.number == wanted_dw.number && db.number == wanted_db.number && found_squares == squares;
}
}  // namespace

static_assert(agrees_as_constant());
