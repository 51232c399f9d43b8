#include <cmath>
#include <limits>
#include <random>
#include <vector>
#include <doctest/doctest.h>
#include "kiln/kernels/affine.hpp"
#include "support/whole.hpp"

namespace {

using kiln::Shape;
using kiln::View;

// Numbers in lanes, and the same numbers one by one.
template <class L> struct Array {
    using T = kiln::scalar<L>;
    static constexpr std::size_t width = kiln::lane_count<L>;
    std::vector<L> lanes;
    explicit Array(std::size_t size) : lanes(size, L(T(99))) {}
    double at(std::size_t i, std::size_t s) const { return static_cast<double>(kiln::to_lanes(lanes[i])[s]); }
    void fill(auto draw) {
        for (L& x : lanes) {
            std::array<T, width> values;
            for (T& value : values) value = draw();
            x = kiln::from_lanes<L>(values);
        }
    }
};

// A sum of products in double, and the bound of its error in T: eps times the sum of the products' magnitudes, for each of the
// additions that may round.
template <class T> struct Reference {
    double sum = 0, magnitude = 0;
    std::size_t terms = 0;
    void add(double product) { sum += product, magnitude += std::abs(product), ++terms; }
    bool agrees(double value) const {
        return std::abs(value - sum) <= static_cast<double>(std::numeric_limits<T>::epsilon()) * magnitude * (1 + std::sqrt(static_cast<double>(terms)));
    }
};

template <class T, std::size_t Width, std::size_t Rows, std::size_t In, std::size_t Out> void agrees_with_reference() {
    using L = kiln::Lanes<T, Width>;
    std::mt19937 random{1};
    const auto draw = [&] { return std::uniform_real_distribution<T>{T(-1), T(1)}(random); };
    std::vector<T> w(Out * In), b(Out);
    for (T& value : w) value = draw();
    for (T& value : b) value = draw();
    Array<L> x(Rows * In), dy(Rows * Out), y(Rows * Out + 1), dx(Rows * In + 1), sum_dx(Rows * In + 1), scratch(kiln::affine::Scratch<Rows, In, Out>::size),
        panel(kiln::affine::Panel<Rows, In, Out>::size + 1);
    x.fill(draw);
    dy.fill(draw);
    const View<Shape<Out, In>, const T> weight{w.data()};
    const View<Shape<Rows, In>, const L> inputs{x.lanes.data()};
    const View<Shape<Rows, Out>, const L> dys{dy.lanes.data()};
    CAPTURE(Width);
    CAPTURE(Rows);
    CAPTURE(In);
    CAPTURE(Out);

    kiln::affine::forward(weight, View<Shape<Out>, const T>{b.data()}, inputs, View<Shape<Rows, Out>, L>{y.lanes.data()});
    kiln::affine::input_gradient(weight, dys, View<Shape<Rows, In>, L>{dx.lanes.data()});
    kiln::affine::input_gradient(weight, dys, View<Shape<Rows, In>, L>{sum_dx.lanes.data()}, true);  // added to 99
    Array<L> panel_dx(Rows * In + 1), panel_sum_dx(Rows * In + 1);
    const View<kiln::affine::Panel<Rows, In, Out>, L> room{panel.lanes.data()};
    kiln::affine::input_gradient(weight, dys, View<Shape<Rows, In>, L>{panel_dx.lanes.data()}, false, room);
    kiln::affine::input_gradient(weight, dys, View<Shape<Rows, In>, L>{panel_sum_dx.lanes.data()}, true, room);
    bool forward = true, input_gradient = true, added = true;
    for (std::size_t s = 0; s < Width; ++s)
        for (std::size_t r = 0; r < Rows; ++r) {
            for (std::size_t o = 0; o < Out; ++o) {
                Reference<T> sum;
                sum.add(static_cast<double>(b[o]));
                for (std::size_t i = 0; i < In; ++i) sum.add(static_cast<double>(w[o * In + i]) * x.at(r * In + i, s));
                forward = forward && sum.agrees(y.at(r * Out + o, s));
            }
            for (std::size_t i = 0; i < In; ++i) {
                Reference<T> sum;
                for (std::size_t o = 0; o < Out; ++o) sum.add(static_cast<double>(w[o * In + i]) * dy.at(r * Out + o, s));
                input_gradient = input_gradient && sum.agrees(dx.at(r * In + i, s)) && sum.agrees(panel_dx.at(r * In + i, s));
                sum.add(99);
                added = added && sum.agrees(sum_dx.at(r * In + i, s)) && sum.agrees(panel_sum_dx.at(r * In + i, s));
            }
        }
    CHECK(forward);
    CHECK(input_gradient);
    CHECK(added);
    CHECK(y.at(Rows * Out, 0) == 99);  // and nothing behind them is written
    CHECK(dx.at(Rows * In, 0) == 99);
    CHECK(sum_dx.at(Rows * In, 0) == 99);
    CHECK(panel_dx.at(Rows * In, 0) == 99);
    CHECK(panel.at(panel.lanes.size() - 1, 0) == 99);

    for (const bool first : {true, false}) {
        CAPTURE(first);
        std::vector<T> dw(Out * In + 1, T(3)), db(Out + 1, T(-2));
        kiln::affine::parameter_gradient(inputs, dys, View<Shape<Out, In>, T>{dw.data()}, View<Shape<Out>, T>{db.data()},
                                         View<kiln::affine::Scratch<Rows, In, Out>, L>{scratch.lanes.data()}, first);
        bool weights = true, biases = true;
        for (std::size_t o = 0; o < Out; ++o) {
            for (std::size_t i = 0; i < In; ++i) {
                Reference<T> sum;
                if (!first) sum.add(3);
                for (std::size_t r = 0; r < Rows; ++r)
                    for (std::size_t s = 0; s < Width; ++s) sum.add(dy.at(r * Out + o, s) * x.at(r * In + i, s));
                weights = weights && sum.agrees(static_cast<double>(dw[o * In + i]));
            }
            Reference<T> sum;
            if (!first) sum.add(-2);
            for (std::size_t r = 0; r < Rows; ++r)
                for (std::size_t s = 0; s < Width; ++s) sum.add(dy.at(r * Out + o, s));
            biases = biases && sum.agrees(static_cast<double>(db[o]));
        }
        CHECK(weights);
        CHECK(biases);
        CHECK(dw[Out * In] == T(3));
        CHECK(db[Out] == T(-2));
    }
}

template <class T, std::size_t Width> void every_shape() {
    agrees_with_reference<T, Width, 1, 1, 1>();
    agrees_with_reference<T, Width, 1, 3, 7>();
    agrees_with_reference<T, Width, 1, 7, 13>();
    agrees_with_reference<T, Width, 1, 13, 33>();
    agrees_with_reference<T, Width, 1, 17, 10>();
    agrees_with_reference<T, Width, 1, 33, 17>();
    agrees_with_reference<T, Width, 1, 48, 12>();
    agrees_with_reference<T, Width, 2, 7, 10>();
    agrees_with_reference<T, Width, 5, 33, 7>();
    agrees_with_reference<T, Width, 5, 10, 13>();
    agrees_with_reference<T, Width, 5, 28, 20>();
}

}  // namespace

TEST_CASE("affine: the plain sums in double, for shapes that are multiples of no block") {
    SUBCASE("one lane") { every_shape<float, 1>(), every_shape<double, 1>(); }
    SUBCASE("native float") { every_shape<float, kiln::native_width<float>>(); }
    SUBCASE("native double") { every_shape<double, kiln::native_width<double>>(); }
    SUBCASE("twice native float") { every_shape<float, 2 * kiln::native_width<float>>(); }
    SUBCASE("twice native double") { every_shape<double, 2 * kiln::native_width<double>>(); }
}

namespace {
// y of x = (1, 2), W = ((1, 2), (3, 4), (5, 6)), b = (1, 1, 1), and then dx, dW and db of dy = y; one lane.
constexpr bool computes_constants() {
    const float w[] = {1, 2, 3, 4, 5, 6}, b[] = {1, 1, 1}, x[] = {1, 2};
    float y[3]{}, dx[2]{}, dw[6]{}, db[3]{}, scratch[kiln::affine::Scratch<1, 2, 3>::size]{};
    const View<Shape<3, 2>, const float> weight{w};
    const View<Shape<1, 2>, const float> inputs{x};
    kiln::affine::forward(weight, View<Shape<3>, const float>{b}, inputs, View<Shape<1, 3>, float>{y});
    const View<Shape<1, 3>, const float> dy{y};
    kiln::affine::input_gradient(weight, dy, View<Shape<1, 2>, float>{dx});
    kiln::affine::parameter_gradient(inputs, dy, View<Shape<3, 2>, float>{dw}, View<Shape<3>, float>{db},
                                     View<kiln::affine::Scratch<1, 2, 3>, float>{scratch}, true);
    return y[0] == 6 && y[1] == 12 && y[2] == 18 && dx[0] == 132 && dx[1] == 168 && dw[5] == 36 && db[1] == 12;
}
static_assert(computes_constants());
}  // namespace

TEST_CASE("affine: without bias") {
    const float w[] = {1, 2, 3, 4}, x[] = {5, 6};
    float y[2]{}, dw[4]{}, scratch[kiln::affine::Scratch<1, 2, 2>::size]{};
    kiln::affine::forward(View<Shape<2, 2>, const float>{w}, View<Shape<2>, const float>{nullptr}, View<Shape<1, 2>, const float>{x}, View<Shape<1, 2>, float>{y});
    CHECK(y[0] == 17);
    CHECK(y[1] == 39);
    kiln::affine::parameter_gradient(View<Shape<1, 2>, const float>{x}, View<Shape<1, 2>, const float>{y}, View<Shape<2, 2>, float>{dw},
                                     View<Shape<2>, float>{nullptr}, View<kiln::affine::Scratch<1, 2, 2>, float>{scratch}, true);
    CHECK(dw[3] == 39 * 6);
}

TEST_CASE("affine: other widths") {
    SUBCASE("narrower than a register") { agrees_with_reference<float, 4, 1, 33, 10>(), agrees_with_reference<float, 2, 3, 10, 7>(); }
    SUBCASE("a long sum, which is cut") { agrees_with_reference<float, 2 * kiln::native_width<float>, 1, 10, 300>(), agrees_with_reference<float, kiln::native_width<float>, 1, 512, 50>(); }
    SUBCASE("many rows, and weights of several panels") {
        agrees_with_reference<float, kiln::native_width<float>, 7, 200, 90>();  // one row too few for panels
        agrees_with_reference<float, kiln::native_width<float>, 8, 100, 400>(), agrees_with_reference<float, kiln::native_width<float>, 9, 390, 101>();
        agrees_with_reference<float, 2 * kiln::native_width<float>, 9, 130, 200>(), agrees_with_reference<double, kiln::native_width<double>, 9, 98, 200>();
        agrees_with_reference<float, 2, 9, 100, 200>(), agrees_with_reference<double, 1, 9, 100, 200>();
    }
    SUBCASE("four registers") { agrees_with_reference<float, 4 * kiln::native_width<float>, 2, 17, 10>(); }
}

namespace {
// y, dx, dW and db on one lane, as the compiler finds them.
template <std::size_t Rows, std::size_t In, std::size_t Out> constexpr bool agrees_as_constant() {
    const Whole<Shape<Out, In>> w(1);
    const Whole<Shape<Out>> b(2), none;
    const Whole<Shape<Rows, In>> x(3);
    const Whole<Shape<Rows, Out>> dy(4);
    Whole<Shape<Rows, Out>> y, biased;
    Whole<Shape<Rows, In>> dx;
    Whole<Shape<Out, In>> dw;
    Whole<Shape<Out>> db;
    Whole<kiln::affine::Scratch<Rows, In, Out>> scratch;
    kiln::affine::forward(w.read(), none.read(), x.read(), y.view());
    kiln::affine::forward(w.read(), b.read(), x.read(), biased.view());
    kiln::affine::input_gradient(w.read(), dy.read(), dx.view());
    kiln::affine::parameter_gradient(x.read(), dy.read(), dw.view(), db.view(), scratch.view(), true);
    const double product = y.times(dy);
    return product != 0 && dx.times(x) == product && dw.times(w) == product && db.times(b) == biased.times(dy) - product;
}
}  // namespace

static_assert(agrees_as_constant<1, 3, 2>() && agrees_as_constant<2, 1, 7>() && agrees_as_constant<9, 2, 3>());
