#include <doctest/doctest.h>
#include <random>
#include <vector>
#include "kiln/core/target.hpp"
#include "kiln/losses/mse.hpp"
#include "support/close.hpp"
#include "support/minibatch_loss.hpp"

using kiln::MSE, kiln::Shape, kiln::View;

namespace {
template <class T> std::vector<T> random_numbers(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 engine{seed};
    std::normal_distribution<float> normal;
    std::vector<T> result(count);
    for (T& v : result) v = normal(engine);
    return result;
}
}  // namespace

TEST_CASE_TEMPLATE("mse: the mean over samples and elements, for any shape", Out, kiln::Number, Shape<7>, Shape<3, 5>,
                   Shape<2, 3, 3>) {
    for (std::size_t samples : {1U, 7U, 10U, 100U}) {
        const auto y = random_numbers<double>(samples * Out::size, 1),
                   t = random_numbers<double>(samples * Out::size, 2);
        const double n = static_cast<double>(y.size());
        double value = 0;
        std::vector<double> gradient;
        for (std::size_t i = 0; i < y.size(); ++i) {
            value += (y[i] - t[i]) * (y[i] - t[i]) / n;
            gradient.push_back(2 * (y[i] - t[i]) / n);
        }
        CAPTURE(samples);
        const auto one = minibatch_loss<Out, Out, 1>(MSE{}, y, t);
        const auto lanes = minibatch_loss<Out, Out, kiln::native_width<double>>(MSE{}, y, t);
        const auto floats = minibatch_loss<Out, Out, kiln::native_width<float>>(
            MSE{}, random_numbers<float>(y.size(), 1), random_numbers<float>(y.size(), 2));
        check_close<double>(one.value, value);
        check_all_close<double>(one.dy, gradient);
        check_close<double>(lanes.value, value);
        check_all_close<double>(lanes.dy, gradient);
        check_close<float>(floats.value, value);
        check_all_close<float>(floats.dy, gradient);
    }
}

TEST_CASE("mse: the gradient is the slope of the value") {
    check_slope<Shape<2, 3>, Shape<2, 3>>(MSE{}, random_numbers<double>(12, 3), random_numbers<double>(12, 4));
}

TEST_CASE("mse: the gradient may take the output's place") {
    std::array<double, 3> y{1, 2, 3};
    const std::array<double, 3> t{0, 4, 3};
    const View<Shape<3>, double> view{y.data()};
    CHECK(loss_gradient(MSE{}, as_const(view), View<Shape<3>, const double>{t.data()}, 1.0 / 3, view) == doctest::Approx(5.0 / 3));
    check_all_close<double>(y, std::vector<double>{2.0 / 3, -4.0 / 3, 0});
}

TEST_CASE("mse: its name") { CHECK(MSE::name().view() == "MSE"); }

static_assert(right_as_constant<Shape<2>, Shape<2>>(MSE{}, 1.5 * 1.5 + 10 * 10, {2.5, -9}, {1, 1}));
