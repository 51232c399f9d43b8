#include <doctest/doctest.h>
#include <limits>
#include "kiln/kernels/elementary.hpp"

using kiln::Lanes, kiln::native_width;

namespace {
// The largest error of f over [-range, range], in units of what is allowed: in float 1e-6 plus 1e-5 of the value, in
// double 1e-10 of each.
template <class L> double worst(auto f, auto exact, double range) {
    using T = kiln::scalar<L>;
    const double absolute = sizeof(T) == 4 ? 1e-6 : 1e-10, relative = sizeof(T) == 4 ? 1e-5 : 1e-10;
    double largest = 0;
    for (int i = -20000; i <= 20000; ++i) {
        const T x = static_cast<T>(range * i / 20000);
        const double expected = exact(static_cast<double>(x));
        for (T found : kiln::to_lanes(L(f(L(x))))) {
            const double error =
                std::abs(static_cast<double>(found) - expected) / (absolute + relative * std::abs(expected));
            if (!(error <= largest)) largest = error;  // a NaN too
        }
    }
    return largest;
}
template <class L> void check_accuracy() {
    namespace e = kiln::elementary;
    for (double range : {0.01, 1.0, 8.0, 80.0}) {
        CAPTURE(range);
        CHECK(worst<L>([](L x) { return e::exp2(x); }, [](double x) { return std::exp2(x); }, range) <= 1);
        CHECK(worst<L>([](L x) { return e::tanh(x); }, [](double x) { return std::tanh(x); }, range) <= 1);
        CHECK(worst<L>([](L x) { return e::erf(x); }, [](double x) { return std::erf(x); }, range) <= 1);
        CHECK(worst<L>([](L x) { return e::sigmoid(x); }, [](double x) { return 1 / (1 + std::exp(-x)); }, range) <= 1);
        CHECK(worst<L>([](L x) { return e::normal_distribution(x); },
                       [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }, range) <= 1);
        CHECK(worst<L>([](L x) { return e::normal_density(x); },
                       [](double x) { return 0.3989422804014327 * std::exp(-x * x / 2); }, range) <= 1);
    }
}
template <class L> void check_ends() {
    namespace e = kiln::elementary;
    using T = kiln::scalar<L>;
    const auto at = [](auto f, T x) { return static_cast<double>(kiln::to_lanes(L(f(L(x))))[0]); };
    const T infinity = std::numeric_limits<T>::infinity(), nan = std::numeric_limits<T>::quiet_NaN();
    const auto exp2 = [](L x) { return e::exp2(x); };
    const auto tanh = [](L x) { return e::tanh(x); };
    const auto erf = [](L x) { return e::erf(x); };
    const auto sigmoid = [](L x) { return e::sigmoid(x); };
    CHECK(at(exp2, -infinity) < 1e-37);
    CHECK(at(exp2, 0) == doctest::Approx(1).epsilon(1e-7));
    CHECK(std::isnan(at(exp2, nan)));
    CHECK(at(tanh, infinity) == doctest::Approx(1).epsilon(1e-6));
    CHECK(at(tanh, -infinity) == doctest::Approx(-1).epsilon(1e-6));
    CHECK(at(erf, infinity) == doctest::Approx(1).epsilon(1e-6));
    CHECK(at(erf, -infinity) == doctest::Approx(-1).epsilon(1e-6));
    CHECK(at(sigmoid, infinity) == 1);
    CHECK(at(sigmoid, -infinity) == 0);
    CHECK(std::isnan(at(tanh, nan)));
    CHECK(std::isnan(at(erf, nan)));
    CHECK(std::isnan(at(sigmoid, nan)));
    CHECK(at(tanh, 0) == 0);
    CHECK(at(erf, 0) == 0);
    CHECK(at(sigmoid, 0) == 0.5);
}
}  // namespace

TEST_CASE_TEMPLATE("elementary: as exact as promised, in every width", L, float, double,
                   Lanes<float, native_width<float>>, Lanes<float, 2 * native_width<float>>,
                   Lanes<double, native_width<double>>) {
    check_accuracy<L>();
    check_ends<L>();
}

TEST_CASE("elementary: known to the compiler on one lane") {
    static_assert(kiln::elementary::sigmoid(0.0) == 0.5);
    constexpr double y = kiln::elementary::tanh(0.5);
    CHECK(y == doctest::Approx(std::tanh(0.5)).epsilon(1e-12));
}
