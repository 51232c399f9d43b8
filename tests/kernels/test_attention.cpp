#include <doctest/doctest.h>
#include <cmath>
#include <random>
#include <vector>
#include "kiln/kernels/attention.hpp"
#include "support/whole.hpp"

using kiln::Lanes, kiln::Shape, kiln::View, kiln::as_const;
namespace attention = kiln::attention;

namespace {
struct All {
    static constexpr bool allows(std::size_t, std::size_t) { return true; }
};
struct Band {
    static constexpr bool allows(std::size_t query, std::size_t key) { return key <= query && query <= key + 2; }
};
struct Holes {
    static constexpr bool allows(std::size_t query, std::size_t key) { return query == key || key % 3 == 1; }
};
// Weight i is dropped where i is a multiple of 5.
template <class L> struct EveryFifth {
    constexpr L operator[](std::size_t i) const { return L(static_cast<kiln::scalar<L>>(i % 5 == 0 ? 0.1 : 0.9)); }
};

// The definition, for one sample: mixed and dqkv [T, 3 H D] of qkv [3 H, T, D].
template <class Mask, std::size_t H, std::size_t T, std::size_t D>
void reference(const std::vector<double>& qkv, const std::vector<double>& dmixed, bool drops, std::vector<double>& mixed, std::vector<double>& dqkv) {
    const double root = 1 / std::sqrt(double{D});
    const auto at = [](std::size_t part, std::size_t h, std::size_t t, std::size_t d) { return ((part * H + h) * T + t) * D + d; };
    const auto out = [](std::size_t part, std::size_t h, std::size_t t, std::size_t d) { return t * 3 * H * D + (part * H + h) * D + d; };
    mixed.assign(T * H * D, 0);
    dqkv.assign(T * 3 * H * D, 0);
    for (std::size_t h = 0; h < H; ++h)
        for (std::size_t t = 0; t < T; ++t) {
            double p[T]{}, dp[T]{}, f[T]{}, total = 0, mean = 0;
            for (std::size_t u = 0; u < T; ++u) {
                double s = 0;
                for (std::size_t d = 0; d < D; ++d) s += qkv[at(0, h, t, d)] * qkv[at(1, h, u, d)];
                total += p[u] = Mask::allows(t, u) ? std::exp(s * root) : 0;
                f[u] = !drops ? 1 : ((h * T + t) * T + u) % 5 == 0 ? 0 : 2;
            }
            for (std::size_t u = 0; u < T; ++u) {
                p[u] /= total;
                for (std::size_t d = 0; d < D; ++d) {
                    const double dm = dmixed[t * H * D + h * D + d];
                    mixed[t * H * D + h * D + d] += p[u] * f[u] * qkv[at(2, h, u, d)];
                    dqkv[out(2, h, u, d)] += p[u] * f[u] * dm;
                    dp[u] += f[u] * dm * qkv[at(2, h, u, d)];
                }
                mean += p[u] * dp[u];
            }
            for (std::size_t u = 0; u < T; ++u)
                for (std::size_t d = 0; d < D; ++d) {
                    dqkv[out(0, h, t, d)] += p[u] * (dp[u] - mean) * root * qkv[at(1, h, u, d)];
                    dqkv[out(1, h, u, d)] += p[u] * (dp[u] - mean) * root * qkv[at(0, h, t, d)];
                }
        }
}

// In float an error of 1e-6 of the largest numbers, which are around 10, and what the exponentials may be off.
template <class L, class Mask, std::size_t H, std::size_t T, std::size_t D> void agrees_with_reference(bool drops) {
    using Number = kiln::scalar<L>;
    constexpr std::size_t width = kiln::lane_count<L>, F = H * D;
    constexpr double tolerance = sizeof(Number) == 4 ? 2e-5 : 1e-12;
    CAPTURE(width);
    CAPTURE(drops);
    std::mt19937 engine{5};
    std::uniform_real_distribution<float> uniform{-2, 2};
    const auto draw = [&](std::vector<L>& lanes) {
        for (L& pack : lanes) {
            std::array<Number, width> values;
            for (Number& v : values) v = static_cast<Number>(uniform(engine));
            pack = kiln::from_lanes<L>(values);
        }
    };
    const L untouched(99);
    std::vector<L> qkv(3 * F * T), dmixed(T * F), weights(attention::Weights<H, T>::size + 1, untouched), share(H * T + 1, untouched), mixed(T * F + 1, untouched),
        dqkv(3 * T * F + 1, untouched), scratch(attention::Scratch<T, D>::size + 1, untouched);
    draw(qkv);
    draw(dmixed);
    const View<Shape<3 * H, T, D>, const L> in{qkv.data()};
    const View<attention::Weights<H, T>, L> kept{weights.data()};
    const View<Shape<H, T>, L> shares{share.data()};
    const View<Shape<T, F>, L> y{mixed.data()};
    const View<Shape<T, 3 * F>, L> dx{dqkv.data()};
    const View<Shape<T, F>, const L> dy{dmixed.data()};
    const View<attention::Scratch<T, D>, L> room{scratch.data()};
    const auto run = [&](auto drop) {
        attention::forward<Mask>(in, kept, shares, y, room, drop);
        attention::backward<Mask>(in, kept, as_const(shares), as_const(y), dy, dx, room, drop);
    };
    if (drops) run(attention::Dropout{0.5, EveryFifth<L>{}});
    else run(attention::NoDropout{});

    const auto lane = [&](const std::vector<L>& lanes, std::size_t count, std::size_t s) {
        std::vector<double> values(count);
        for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<double>(kiln::to_lanes(lanes[i])[s]);
        return values;
    };
    double worst_y = 0, worst_dx = 0;
    for (std::size_t s = 0; s < width; ++s) {
        std::vector<double> expected_y, expected_dx;
        reference<Mask, H, T, D>(lane(qkv, qkv.size(), s), lane(dmixed, dmixed.size(), s), drops, expected_y, expected_dx);
        const auto found_y = lane(mixed, T * F, s), found_dx = lane(dqkv, 3 * T * F, s);
        for (std::size_t i = 0; i < expected_y.size(); ++i)
            if (const double off = std::abs(found_y[i] - expected_y[i]); !(off <= worst_y)) worst_y = off;  // a NaN too
        for (std::size_t i = 0; i < expected_dx.size(); ++i)
            if (const double off = std::abs(found_dx[i] - expected_dx[i]); !(off <= worst_dx)) worst_dx = off;
    }
    CHECK(worst_y <= tolerance);
    CHECK(worst_dx <= tolerance);
    for (const auto* array : {&weights, &share, &mixed, &dqkv, &scratch}) CHECK(kiln::to_lanes(array->back())[0] == 99);  // nothing behind is written
}

template <class L> void every_shape() {
    for (const bool drops : {false, true}) {
        agrees_with_reference<L, All, 2, 5, 3>(drops);
        agrees_with_reference<L, All, 1, 1, 1>(drops);
        agrees_with_reference<L, All, 2, 14, 8>(drops);
        agrees_with_reference<L, Band, 1, 14, 4>(drops);
        agrees_with_reference<L, Holes, 3, 7, 2>(drops);
    }
}
}  // namespace

TEST_CASE("attention: agrees with its definition, in every width") {
    every_shape<float>();
    every_shape<double>();
    every_shape<Lanes<float, kiln::native_width<float>>>();
    every_shape<Lanes<float, 2 * kiln::native_width<float>>>();
    every_shape<Lanes<double, kiln::native_width<double>>>();
}

TEST_CASE("attention: which keys a query sees, and which queries see a key") {
    constexpr attention::Visible<Band, 6> band;
    static_assert(band.dense && band.pairs == 1 + 2 + 3 * 4);
    static_assert(band.keys[0].first == 0 && band.keys[0].end == 1 && band.keys[5].first == 3 && band.keys[5].end == 6);
    static_assert(band.queries[0].first == 0 && band.queries[0].end == 3 && band.queries[5].first == 5 && band.queries[5].end == 6);
    constexpr auto two = band.together(band.keys + 3, 2);
    static_assert(two.first == 1 && two.end == 5);
    constexpr attention::Visible<Holes, 6> holes;
    static_assert(!holes.dense && holes.pairs == 2 * 2 + 4 * 3);
    CHECK(attention::visible<All, 4>.pairs == 16);
    CHECK(attention::visible<All, 4>.dense);
}

namespace {
// On one lane, as the compiler finds it: mixed is linear in v, and s bilinear in q and k.
template <class Mask, std::size_t H, std::size_t T, std::size_t D> constexpr bool agrees_as_constant(auto drop) {
    Whole<Shape<3 * H, T, D>> qkv(1);
    for (double& v : qkv.number) v /= 8;  // or a softmax is all or nothing
    const Whole<Shape<T, H * D>> dmixed(2);
    Whole<attention::Weights<H, T>> weights;
    Whole<Shape<H, T>> share;
    Whole<Shape<T, H * D>> mixed;
    Whole<Shape<T, 3 * H * D>> dqkv;
    Whole<attention::Scratch<T, D>> scratch;
    attention::forward<Mask>(qkv.read(), weights.view(), share.view(), mixed.view(), scratch.view(), drop);
    attention::backward<Mask>(qkv.read(), weights.view(), share.read(), as_const(mixed.read()), dmixed.read(), dqkv.view(), scratch.view(), drop);
    double part[3]{};  // <dq, q>, <dk, k>, <dv, v>
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t h = 0; h < H; ++h)
            for (std::size_t t = 0; t < T; ++t)
                for (std::size_t d = 0; d < D; ++d) part[i] += dqkv.read()(t, (i * H + h) * D + d) * qkv.read()(i * H + h, t, d);
    const double product = mixed.times(dmixed);
    return kiln::abs(part[0]) > 1e-3 && kiln::abs(part[0] - part[1]) < 1e-10 && kiln::abs(part[2] - product) < 1e-10;
}
}  // namespace

static_assert(agrees_as_constant<All, 2, 3, 2>(attention::NoDropout{}) && agrees_as_constant<Band, 1, 3, 3>(attention::NoDropout{}));
static_assert(agrees_as_constant<Holes, 1, 4, 1>(attention::Dropout{0.5, EveryFifth<double>{}}));
