#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>
#include "kiln/core/lanes.hpp"

using namespace kiln;

namespace {
// Calls f<L>() for one lane, and packs narrower than, as wide as, and wider than a register.
void for_every_lanes(auto f) {
    f.template operator()<float>();
    f.template operator()<double>();
    f.template operator()<Lanes<float, 2>>();
    f.template operator()<Lanes<float, native_width<float>>>();
    f.template operator()<Lanes<float, 4 * native_width<float>>>();
    f.template operator()<Lanes<double, native_width<double>>>();
    f.template operator()<Lanes<double, 2 * native_width<double>>>();
}
template <class L> using Values = std::array<scalar<L>, lane_count<L>>;
template <class L> Values<L> numbers(double first, double step) {
    Values<L> v;
    for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<scalar<L>>(first + step * static_cast<double>(i));
    return v;
}
void check_all(const std::vector<double>& found, const std::vector<double>& expected, double relative) {
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CAPTURE(expected[i]);
        CHECK(std::abs(found[i] - expected[i]) <= relative * std::abs(expected[i]));
    }
}
// f(a...) lane by lane is g(a...) of each lane, within so many units in the last place (0: the same number).
template <class L> void check_lanes(auto f, auto g, double units, const auto&... values) {
    const auto found = to_lanes(f(from_lanes<L>(values)...));
    std::vector<double> y, expected;
    for (std::size_t i = 0; i < lane_count<L>; ++i) {
        y.push_back(static_cast<double>(found[i]));
        expected.push_back(static_cast<double>(g(values[i]...)));
    }
    check_all(y, expected, units * static_cast<double>(std::numeric_limits<scalar<L>>::epsilon()));
}
}  // namespace

TEST_CASE("lanes: types, widths and registers") {
    static_assert(std::is_same_v<Lanes<float, 1>, float> && lane_count<double> == 1 && std::is_same_v<scalar<const float>, float>);
    static_assert(lane_count<Lanes<float, 8>> == 8 && std::is_same_v<scalar<Lanes<double, 4>>, double>);
    static_assert(sizeof(Lanes<float, 16>) == 64 && sizeof(Lanes<double, 2>) == 16);
    static_assert(native_width<float> >= 1 && (native_width<float> == 1 || native_width<float> == 2 * native_width<double>));
    static_assert(Lanes<float, 4 * native_width<float> * (native_width<float> > 1 ? 1 : 2)>::count >= 4);
    CHECK((register_count == 16 || register_count == 32));
}

TEST_CASE("lanes: arithmetic is that of each lane") {
    for_every_lanes([]<class L>() {
        using T = scalar<L>;
        const auto a = numbers<L>(-3.7, 0.61), b = numbers<L>(1.3, 0.37), c = numbers<L>(0.1, -0.7);
        check_lanes<L>([](L x, L y) { return x + y; }, [](T x, T y) { return x + y; }, 0, a, b);
        check_lanes<L>([](L x, L y) { return x - y; }, [](T x, T y) { return x - y; }, 0, a, b);
        check_lanes<L>([](L x, L y) { return x * y; }, [](T x, T y) { return x * y; }, 0, a, b);
        check_lanes<L>([](L x, L y) { return x / y; }, [](T x, T y) { return x / y; }, 0, a, b);
        check_lanes<L>([](L x) { return -x; }, [](T x) { return -x; }, 0, a);
        check_lanes<L>([](L x, L y) { x += y, x *= y, x -= y, x /= y; return x; }, [](T x, T y) { x += y, x *= y, x -= y, x /= y; return x; }, 0, a, b);
        check_lanes<L>([](L x, L y) { return kiln::max(x, y); }, [](T x, T y) { return std::max(x, y); }, 0, a, c);
        check_lanes<L>([](L x, L y) { return kiln::min(x, y); }, [](T x, T y) { return std::min(x, y); }, 0, a, c);
        check_lanes<L>([](L x) { return kiln::abs(x); }, [](T x) { return std::abs(x); }, 0, a);
        check_lanes<L>([](L x) { return kiln::sqrt(x); }, [](T x) { return std::sqrt(x); }, 0, b);
        check_lanes<L>([](L x, L y) { return select(x < y, x, y); }, [](T x, T y) { return x < y ? x : y; }, 0, a, c);
        check_lanes<L>([](L x, L y) { return select(x > y, x, y); }, [](T x, T y) { return x > y ? x : y; }, 0, a, c);
        check_lanes<L>([](L x) { return select(x <= L(T(0.1)), L(1), L(0)); }, [](T x) { return x <= T(0.1); }, 0, c);
        check_lanes<L>([](L x) { return select(x >= L(T(0.1)), L(1), L(0)); }, [](T x) { return x >= T(0.1); }, 0, c);
        check_lanes<L>([](L x) { return select(x == L(T(0.1)), L(1), L(0)); }, [](T x) { return x == T(0.1); }, 0, c);
        check_lanes<L>([](L) { return L(T(2.5)); }, [](T) { return T(2.5); }, 0, a);
    });
}

// The vector functions are xsimd's, good to a few units in the last place; erf in double to some thirty.
TEST_CASE("lanes: elementary functions") {
    for_every_lanes([]<class L>() {
        using T = scalar<L>;
        const auto x = numbers<L>(-2.9, 0.31), positive = numbers<L>(0.04, 0.73);
        check_lanes<L>([](L v) { return kiln::exp(v); }, [](T v) { return std::exp(v); }, 4, x);
        check_lanes<L>([](L v) { return kiln::log(v); }, [](T v) { return std::log(v); }, 8, positive);
        check_lanes<L>([](L v) { return kiln::tanh(v); }, [](T v) { return std::tanh(v); }, 8, x);
        check_lanes<L>([](L v) { return kiln::erf(v); }, [](T v) { return std::erf(v); }, 64, positive);
        const auto nothing = to_lanes(kiln::exp(L(std::numeric_limits<T>::quiet_NaN())));
        for (const T v : nothing) CHECK(std::isnan(v));
    });
}

TEST_CASE("lanes: a multiply-add is rounded once where the machine can") {
    for_every_lanes([]<class L>() {
        using T = scalar<L>;
        const T e = std::numeric_limits<T>::epsilon();
        // (1 + e)(1 - e) - 1 is -e^2, which only an unrounded product shows.
        const volatile T above = 1 + e, below = 1 - e;
        const auto found = to_lanes(kiln::fma(L(above), L(below), L(T(-1))));
        for (const T v : found) CHECK(v == (detail::has_fma ? -e * e : T(0)));
        const auto a = numbers<L>(0.3, 0.7), b = numbers<L>(-2, 0.1), c = numbers<L>(5, -0.9);
        check_lanes<L>([](L x, L y, L z) { return kiln::fma(x, y, z); }, [](T x, T y, T z) { return detail::has_fma ? std::fma(x, y, z) : x * y + z; }, 0, a, b, c);
    });
}

TEST_CASE("lanes: from and to memory of any alignment") {
    for_every_lanes([]<class L>() {
        using T = scalar<L>;
        std::vector<T> from(lane_count<L> + 2), to(lane_count<L> + 2, T(-1));
        for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i);
        store_lanes(to.data() + 1, load_lanes<L>(from.data() + 1));
        CHECK(to.front() == -1);
        CHECK(to.back() == -1);
        for (std::size_t i = 1; i + 1 < to.size(); ++i) CHECK(to[i] == from[i]);
        CHECK(to_lanes(from_lanes<L>(numbers<L>(3, 2))) == numbers<L>(3, 2));
    });
}

TEST_CASE("lanes: a sum is always the same tree") {
    for_every_lanes([]<class L>() {
        using T = scalar<L>;
        auto v = numbers<L>(0.1, 0.37);
        v[0] = T(1) / std::numeric_limits<T>::epsilon();  // so that the order matters
        auto tree = v;
        for (std::size_t half = v.size() / 2; half > 0; half /= 2)
            for (std::size_t i = 0; i < half; ++i) tree[i] += tree[i + half];
        CHECK(sum(from_lanes<L>(v)) == tree[0]);
    });
}

TEST_CASE("lanes: plain numbers in constant evaluation") {
    static_assert(kiln::sqrt(2.0) > 1.41421356237309 && kiln::sqrt(2.0) < 1.4142135623731);
    static_assert(kiln::sqrt(0.25) == 0.5 && kiln::fma(2.0, 3.0, 1.0) == 7 && kiln::max(1.0F, 2.0F) == 2 && kiln::abs(-1.0) == 1);
    constexpr double e = kiln::exp(1.0), t = kiln::tanh(0.7);
    CHECK(e == doctest::Approx(std::exp(1.0)).epsilon(1e-13));
    CHECK(t == doctest::Approx(std::tanh(0.7)).epsilon(1e-13));
    static_assert(sum(from_lanes<double>({3.5})) == 3.5);
    static_assert(select(true, 1.0, 2.0) == 1.0);
}
