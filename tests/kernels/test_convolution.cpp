// Convolution's kernels against the definition, product by product in double precision.
#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/kernels/convolution.hpp"
#include "support/guarded.hpp"
#include "support/whole.hpp"

namespace {
using kiln::Lanes;
using kiln::Shape;
using kiln::View;
using kiln::convolution::Geometry;
using kiln_test::Guarded, kiln_test::Uniform;
using std::size_t;

// With the sum of the |products| behind each number.
template <class S, class L> struct Tile : Guarded<S, L> {
    using T = kiln::scalar<L>;
    std::vector<double> scale = std::vector<double>(this->value.size());

    using Guarded<S, L>::Guarded;
    void add(size_t i, size_t s, double a, double b) {
        this->value[i * this->lanes + s] += a * b;
        scale[i * this->lanes + s] += std::abs(a * b);
    }
    void check() const {
        this->check_within([&](size_t at) { return 4 * std::numeric_limits<T>::epsilon() * scale[at]; });
    }
};

// y, dx, dw and db by one convolution of an Input [I, H, W] with weights [O, I / groups, KH, KW], and their count of products;
// with a bias, without one, and transposed with one. Of y the last `fewer` rows and columns are left out.
template <Geometry g, class Input, class Weight, class L, size_t fewer = 0> void check() {
    using T = kiln::scalar<L>;
    constexpr size_t H = Input::extents[1], W = Input::extents[2], KH = Weight::extents[2], KW = Weight::extents[3];
    constexpr size_t O = Weight::extents[0], I = Weight::extents[1], channels = Input::extents[0];
    constexpr size_t OH = (H + 2 * g.padding_height - g.dilation_height * (KH - 1) - 1) / g.stride_height + 1 - fewer;
    constexpr size_t OW = (W + 2 * g.padding_width - g.dilation_width * (KW - 1) - 1) / g.stride_width + 1 - fewer;
    constexpr size_t lanes = kiln::lane_count<L>;
    using Output = Shape<O, OH, OW>;
    using Bias = Shape<O>;
    using TransposedBias = Shape<channels>;
    CAPTURE(lanes);

    Uniform uniform;
    Tile<Input, L> x(uniform), dx, transposed;
    Tile<Output, L> y, unbiased, dy(uniform);
    Tile<Weight, T> w(uniform), dw(uniform), dw_first;
    Tile<Bias, T> b(uniform), db(uniform), db_first;
    Tile<TransposedBias, T> transposed_b(uniform);
    const auto start = [](auto& gradient) {
        for (size_t i = 0; i < gradient.value.size(); ++i) gradient.scale[i] = std::abs(gradient.value[i]);
    };
    start(dw), start(db);

    for (size_t i = 0; i < Input::size; ++i)
        for (size_t s = 0; s < lanes; ++s) transposed.add(i, s, transposed_b.value[i / (H * W)], 1);
    size_t products = 0;
    for (size_t o = 0; o < O; ++o)
        for (size_t r = 0; r < OH; ++r)
            for (size_t c = 0; c < OW; ++c) {
                const size_t out = (o * OH + r) * OW + c;
                for (size_t s = 0; s < lanes; ++s) {
                    y.add(out, s, b.value[o], 1);
                    db.add(o, 0, dy.value[out * lanes + s], 1);
                    db_first.add(o, 0, dy.value[out * lanes + s], 1);
                }
                for (size_t i = 0; i < I; ++i)
                    for (size_t j = 0; j < KH; ++j)
                        for (size_t k = 0; k < KW; ++k) {
                            const size_t row = r * g.stride_height + j * g.dilation_height,
                                         column = c * g.stride_width + k * g.dilation_width;
                            if (row < g.padding_height || row >= H + g.padding_height || column < g.padding_width ||
                                column >= W + g.padding_width)
                                continue;
                            ++products;
                            const size_t channel = o / (O / g.groups) * I + i;
                            const size_t in = (channel * H + row - g.padding_height) * W + column - g.padding_width;
                            const size_t weight = ((o * I + i) * KH + j) * KW + k;
                            for (size_t s = 0; s < lanes; ++s) {
                                for (auto* each : {&y, &unbiased}) each->add(out, s, w.value[weight], x.value[in * lanes + s]);
                                for (auto* each : {&dx, &transposed}) each->add(in, s, w.value[weight], dy.value[out * lanes + s]);
                                dw.add(weight, 0, x.value[in * lanes + s], dy.value[out * lanes + s]);
                                dw_first.add(weight, 0, x.value[in * lanes + s], dy.value[out * lanes + s]);
                            }
                        }
            }

    const View<Bias, const T> no_bias{nullptr};
    kiln::convolution::forward<g>(w.read(), b.read(), x.read(), y.view());
    kiln::convolution::forward<g>(w.read(), no_bias, x.read(), unbiased.view());
    kiln::convolution::input_gradient<g>(w.read(), dy.read(), dx.view());
    kiln::convolution::input_gradient<g>(w.read(), dy.read(), transposed.view(), transposed_b.read());
    kiln::convolution::weight_gradient<g>(x.read(), dy.read(), dw.view(), false);
    kiln::convolution::weight_gradient<g>(x.read(), dy.read(), dw_first.view(), true);
    kiln::convolution::bias_gradient(dy.read(), db.view(), false);
    kiln::convolution::bias_gradient(dy.read(), db_first.view(), true);
    kiln::convolution::bias_gradient(dy.read(), View<Bias, T>{nullptr}, true);  // nowhere to write to
    y.check(), unbiased.check(), dx.check(), transposed.check();
    dw.check(), dw_first.check(), db.check(), db_first.check();
    CHECK(kiln::convolution::multiply_adds<g, Weight, Input, Output> == products);
}

template <class T> using Native = Lanes<T, kiln::native_width<T>>;
template <class T> using Double = Lanes<T, 2 * kiln::native_width<T>>;

constexpr Geometry plain{};
constexpr Geometry padded{.padding_height = 1, .padding_width = 1};
constexpr Geometry odd{.stride_height = 2, .stride_width = 3, .padding_height = 2, .padding_width = 1};
constexpr Geometry dilated{.padding_height = 1, .padding_width = 2, .dilation_height = 2, .dilation_width = 2};
constexpr Geometry dilated_strided{
    .stride_height = 2, .stride_width = 2, .padding_width = 2, .dilation_height = 2, .dilation_width = 2};
constexpr Geometry coprime{.stride_height = 3,
                           .stride_width = 2,
                           .padding_height = 2,
                           .padding_width = 2,
                           .dilation_height = 2,
                           .dilation_width = 3};
constexpr Geometry grouped{.padding_width = 1, .groups = 2};
constexpr Geometry depthwise{.padding_height = 1, .padding_width = 1, .groups = 7};
constexpr Geometry depthwise_strided{
    .stride_height = 2, .stride_width = 2, .padding_height = 1, .padding_width = 1, .groups = 3};
constexpr Geometry skipping{.stride_height = 3, .stride_width = 2};
constexpr Geometry swallowed{.padding_height = 2, .padding_width = 4};
constexpr Geometry wide{.padding_width = 6};
}  // namespace

TEST_CASE_TEMPLATE("convolution on every kind of lanes", L, float, Native<float>, Double<float>, double, Native<double>,
                   Double<double>) {
    check<padded, Shape<3, 6, 7>, Shape<7, 3, 3, 3>, L>();
    check<odd, Shape<5, 7, 11>, Shape<3, 5, 3, 4>, L>();
}

TEST_CASE_TEMPLATE("convolution of LeNet-5, in small", L, Native<float>) {
    check<plain, Shape<1, 9, 28>, Shape<6, 1, 5, 5>, L>();
    check<plain, Shape<6, 6, 12>, Shape<16, 6, 5, 5>, L>();
}

TEST_CASE_TEMPLATE("convolution of 1 x 1, with stride past some of the input", L, Native<float>, double) {
    check<plain, Shape<13, 3, 5>, Shape<7, 13, 1, 1>, L>();
    check<skipping, Shape<5, 7, 6>, Shape<3, 5, 1, 1>, L>();
}

TEST_CASE_TEMPLATE("convolution with dilation", L, Double<float>) {
    check<dilated, Shape<1, 7, 9>, Shape<5, 1, 3, 2>, L>();
    check<dilated_strided, Shape<2, 9, 9>, Shape<3, 2, 3, 3>, L>();
    check<coprime, Shape<2, 9, 11>, Shape<3, 2, 3, 3>, L>();
}

TEST_CASE_TEMPLATE("convolution in groups", L, Native<double>) {
    check<grouped, Shape<6, 5, 7>, Shape<10, 3, 2, 3>, L>();
    check<depthwise, Shape<7, 5, 13>, Shape<7, 1, 3, 3>, L>();
    check<depthwise_strided, Shape<3, 7, 8>, Shape<6, 1, 3, 3>, L>();
}

TEST_CASE_TEMPLATE("convolution with more padding than input, and with a wide kernel", L, Native<float>) {
    check<swallowed, Shape<2, 2, 3>, Shape<3, 2, 4, 7>, L>();
    check<wide, Shape<1, 1, 29>, Shape<2, 1, 1, 13>, L>();
}

TEST_CASE_TEMPLATE("convolution of which the last outputs are left out, as an output padding past the stride has it", L,
                   Native<float>) {
    check<dilated, Shape<2, 7, 9>, Shape<3, 2, 3, 2>, L, 1>();
    check<coprime, Shape<2, 9, 11>, Shape<3, 2, 3, 3>, L, 2>();
}

TEST_CASE("convolution in a constant expression") {
    // x 0 1 2 under w 1 2 3, padded by one: y = 3 + 0, 0 + 2 + 6, 1 + 4; the second group is the first doubled.
    constexpr auto result = [] {
        const std::array<double, 6> x{0, 1, 2, 0, 2, 4}, dy{1, 0, 0, 0, 0, 1};
        const std::array<double, 6> w{1, 2, 3, 1, 2, 3};
        const std::array<double, 2> b{10, 20};
        std::array<double, 6> y{}, dx{}, dw{};
        std::array<double, 2> db{};
        using Row = Shape<2, 1, 3>;
        using Weight = Shape<2, 1, 1, 3>;
        constexpr Geometry geometry{.padding_width = 1, .groups = 2};
        const View<Weight, const double> weight{w.data()};
        kiln::convolution::forward<geometry>(weight, View<Shape<2>, const double>{b.data()},
                                             View<Row, const double>{x.data()}, View<Row, double>{y.data()});
        kiln::convolution::input_gradient<geometry>(weight, View<Row, const double>{dy.data()},
                                                    View<Row, double>{dx.data()});
        kiln::convolution::weight_gradient<geometry>(View<Row, const double>{x.data()},
                                                     View<Row, const double>{dy.data()},
                                                     View<Weight, double>{dw.data()}, true);
        kiln::convolution::bias_gradient(View<Row, const double>{dy.data()}, View<Shape<2>, double>{db.data()}, true);
        return std::array{y, dx, dw, std::array<double, 6>{db[0], db[1]}};
    }();
    static_assert(result[0] == std::array<double, 6>{10 + 3, 10 + 8, 10 + 5, 20 + 6, 20 + 16, 20 + 10});
    static_assert(result[1] == std::array<double, 6>{2, 3, 0, 0, 1, 2});
    static_assert(result[2] == std::array<double, 6>{0, 0, 1, 2, 4, 0});
    static_assert(result[3] == std::array<double, 6>{1, 1, 0, 0, 0, 0});
}

namespace {
// y, dx, dw and db on one lane, as the compiler finds them.
template <Geometry g, class Input, class Weight> constexpr bool agrees_as_constant() {
    using kiln::convolution::output_extent;
    using Output = Shape<Weight::extents[0],
                         output_extent(Input::extents[1], Weight::extents[2], g.stride_height, g.padding_height, g.dilation_height),
                         output_extent(Input::extents[2], Weight::extents[3], g.stride_width, g.padding_width, g.dilation_width)>;
    const Whole<Weight> w(1);
    const Whole<Shape<Weight::extents[0]>> b(2), none;
    const Whole<Input> x(3);
    const Whole<Output> dy(4);
    Whole<Output> y, biased;
    Whole<Input> dx;
    Whole<Weight> dw;
    Whole<Shape<Weight::extents[0]>> db;
    kiln::convolution::forward<g>(w.read(), none.read(), x.read(), y.view());
    kiln::convolution::forward<g>(w.read(), b.read(), x.read(), biased.view());
    kiln::convolution::input_gradient<g>(w.read(), dy.read(), dx.view());
    kiln::convolution::weight_gradient<g>(x.read(), dy.read(), dw.view(), true);
    kiln::convolution::bias_gradient(dy.read(), db.view(), true);
    const double product = y.times(dy);
    return product != 0 && dx.times(x) == product && dw.times(w) == product && db.times(b) == biased.times(dy) - product;
}
}  // namespace

static_assert(agrees_as_constant<Geometry{}, Shape<2, 3, 4>, Shape<3, 2, 2, 3>>());
static_assert(agrees_as_constant<Geometry{.padding_height = 1, .padding_width = 2}, Shape<1, 4, 3>, Shape<2, 1, 3, 3>>());
static_assert(agrees_as_constant<Geometry{.stride_height = 2, .stride_width = 3, .padding_height = 1, .dilation_width = 2, .groups = 2}, Shape<2, 5, 7>,
                                 Shape<2, 1, 3, 2>>());
