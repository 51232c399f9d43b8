// Winograd's convolution against the definition, product by product in double precision.
//
// How far it may be off follows from its transforms. Numbers within [-1, 1] grow in each by at most the sums of the magnitudes of a
// matrix's row, and every rounding on the way from x and w to y is one of such numbers. So for x and w within [-1, 1]
//
//     |error of y| <= epsilon / 2 * roundings * channels * (max over outputs r of sum over values p of |A[p][r]| |G[p]| |B[p]|)^2
//
// with the sums of magnitudes |G[p]| and |B[p]| of row p; of dx likewise, and of dW with A and G exchanged and tiles and lanes summed up.
#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/kernels/convolution.hpp"
#include "kiln/kernels/winograd.hpp"
#include "support/guarded.hpp"
#include "support/whole.hpp"

namespace {
using kiln::Index, kiln::Lanes, kiln::Shape, kiln::View;
using kiln_test::Guarded, kiln_test::Uniform;
using std::size_t;

// The largest, over the columns of the last matrix, of what the transforms make of ones.
template <class Last, class First, class Second> constexpr double growth() {
    double largest = 0;
    for (Index column = 0; column < Last::size; ++column) {
        double total = 0;
        for (Index p = 0; p < kiln::winograd::detail::values; ++p) {
            double first = 0, second = 0;
            for (Index k = 0; k < First::size; ++k) first += kiln::abs(First::at(p, k));
            for (Index k = 0; k < Second::size; ++k) second += kiln::abs(Second::at(p, k));
            total += kiln::abs(Last::at(p, column)) * first * second;
        }
        largest = std::max(largest, total);
    }
    return largest * largest;
}

template <size_t K, class Input, size_t O, class L, size_t PH = 1, size_t PW = PH> void check() {
    using T = kiln::scalar<L>;
    constexpr size_t I = Input::extents[0], H = Input::extents[1], W = Input::extents[2], OH = H + 2 * PH + 1 - K, OW = W + 2 * PW + 1 - K;
    constexpr size_t lanes = kiln::lane_count<L>, area = K * K;
    using Output = Shape<O, OH, OW>;
    using Weight = Shape<O, I, K, K>;
    CAPTURE(lanes);
    CAPTURE(sizeof(T));

    Uniform uniform;
    Guarded<Input, L> x(uniform), dx;
    Guarded<Output, L> y, unbiased, dy(uniform);
    Guarded<Weight, T> w(uniform), dw(uniform), dw_first;
    Guarded<Shape<O>, T> b(uniform);
    Guarded<kiln::winograd::Scratch<Weight, Input, Output>, L> scratch;
    for (size_t o = 0; o < O; ++o)
        for (size_t r = 0; r < OH; ++r)
            for (size_t c = 0; c < OW; ++c) {
                const size_t out = (o * OH + r) * OW + c;
                for (size_t s = 0; s < lanes; ++s) y.value[out * lanes + s] = b.value[o];
                for (size_t i = 0; i < I; ++i)
                    for (size_t tap = 0; tap < area; ++tap) {
                        const size_t row = r + tap / K - PH, column = c + tap % K - PW;  // below 0 wraps around
                        if (row >= H || column >= W) continue;
                        const size_t in = (i * H + row) * W + column, weight = (o * I + i) * area + tap;
                        for (size_t s = 0; s < lanes; ++s) {
                            const double each = x.value[in * lanes + s], slope = dy.value[out * lanes + s];
                            y.value[out * lanes + s] += w.value[weight] * each;
                            unbiased.value[out * lanes + s] += w.value[weight] * each;
                            dx.value[in * lanes + s] += w.value[weight] * slope;
                            dw.value[weight] += each * slope;
                            dw_first.value[weight] += each * slope;
                        }
                    }
            }

    const View<Shape<O>, const T> no_bias{nullptr};
    kiln::winograd::forward(w.read(), b.read(), x.read(), y.view(), scratch.view());
    kiln::winograd::forward(w.read(), no_bias, x.read(), unbiased.view(), scratch.view());
    kiln::winograd::input_gradient(w.read(), dy.read(), dx.view(), scratch.view());
    kiln::winograd::weight_gradient(x.read(), dy.read(), dw.view(), scratch.view(), false);
    kiln::winograd::weight_gradient(x.read(), dy.read(), dw_first.view(), scratch.view(), true);
    scratch.check_guards();

    // Each transform rounds less than once for a number it adds up, in two steps; the products' sums once for each.
    using namespace kiln::winograd::detail;
    constexpr size_t tile = 7 - K, tiles = (OH + tile - 1) / tile * ((OW + tile - 1) / tile);
    const double transforms = 2 * (6 + 6 + static_cast<double>(K)) + 2, epsilon = std::numeric_limits<T>::epsilon() / 2;
    const auto bound = [&](double growth, size_t count) {
        const double sums = static_cast<double>(count), each = epsilon * (transforms + sums) * sums * growth;
        return [each](size_t) { return each; };
    };
    const double of_output = growth<OfOutput<tile>, OfKernel<K>, OfInput>(), of_kernel = growth<OfKernel<K>, OfOutput<tile>, OfInput>();
    y.check_within(bound(of_output, I)), unbiased.check_within(bound(of_output, I)), dx.check_within(bound(of_output, O));
    dw.check_within(bound(of_kernel, tiles * lanes)), dw_first.check_within(bound(of_kernel, tiles * lanes));
}

template <class T> using Native = Lanes<T, kiln::native_width<T>>;
using Float4 = Lanes<float, 4>;
using Float8 = Lanes<float, 8>;
using Float16 = Lanes<float, 16>;
using Double4 = Lanes<double, 4>;
using Double8 = Lanes<double, 8>;
}  // namespace

TEST_CASE_TEMPLATE("Winograd on every kind of lanes, edges that cut through tiles", L, float, Float4, Float8, Float16, double, Double4, Double8) {
    check<3, Shape<3, 6, 7>, 5, L>();
}

TEST_CASE_TEMPLATE("Winograd without padding, and with more than a kernel reaches", L, float, Native<float>, double, Native<double>) {
    check<3, Shape<2, 9, 5>, 3, L, 0>();
    check<3, Shape<2, 4, 5>, 3, L, 2>();
    check<3, Shape<2, 4, 3>, 1, L, 3>();
    check<3, Shape<1, 3, 6>, 2, L, 1, 0>();
}

TEST_CASE_TEMPLATE("Winograd of less than a tile, and of one tile", L, float, Native<float>, Double8) {
    check<3, Shape<1, 1, 1>, 1, L>();
    check<3, Shape<2, 4, 4>, 2, L>();
}

TEST_CASE_TEMPLATE("Winograd of more channels than its blocks have, and not whole blocks", L, float, Native<float>, Native<double>) {
    check<3, Shape<35, 5, 9>, 67, L>();
}

TEST_CASE_TEMPLATE("Winograd of more tiles than are taken together", L, Native<float>, Double8) { check<3, Shape<18, 21, 30>, 17, L>(); }

TEST_CASE_TEMPLATE("Winograd of kernels of 2 x 2, 4 x 4 and 5 x 5", L, float, Native<float>, Double4) {
    check<2, Shape<3, 7, 11>, 4, L, 0>();
    check<4, Shape<3, 7, 8>, 4, L, 1>();
    check<5, Shape<3, 7, 8>, 4, L, 2>();
    check<5, Shape<9, 9, 6>, 2, L, 0>();
}

namespace {
// y, dx and dw on one lane, as the compiler finds them: the bounds of above, for whole numbers up to 5 instead of 1.
template <size_t K, class Input, size_t O> constexpr bool agrees_as_constant() {
    using Output = Shape<O, Input::extents[1], Input::extents[2]>;
    using Weight = Shape<O, Input::extents[0], K, K>;
    using namespace kiln::winograd::detail;
    const Whole<Weight> w(1);
    const Whole<Shape<O>> none;
    const Whole<Input> x(3);
    const Whole<Output> dy(4);
    Whole<Output> y;
    Whole<Input> dx;
    Whole<Weight> dw;
    Whole<kiln::winograd::Scratch<Weight, Input, Output>> scratch;
    kiln::winograd::forward(w.read(), none.read(), x.read(), y.view(), scratch.view());
    kiln::winograd::input_gradient(w.read(), dy.read(), dx.view(), scratch.view());
    kiln::winograd::weight_gradient(x.read(), dy.read(), dw.view(), scratch.view(), true);
    constexpr double largest = std::max(growth<OfOutput<7 - K>, OfKernel<K>, OfInput>(), growth<OfKernel<K>, OfOutput<7 - K>, OfInput>());
    constexpr double sums = Input::size + Output::size, bound = std::numeric_limits<double>::epsilon() * (50 + sums) * sums * largest * 5 * 5 * 5 * sums;
    static_assert(bound < 0.01);
    const double product = y.times(dy);
    return kiln::abs(product) > 1 && kiln::abs(dx.times(x) - product) < bound && kiln::abs(dw.times(w) - product) < bound;
}
}  // namespace

static_assert(agrees_as_constant<3, Shape<1, 4, 3>, 2>() && agrees_as_constant<5, Shape<1, 3, 3>, 1>());
