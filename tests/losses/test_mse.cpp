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

// Made by PyTorch 1.13.0, in double:
//     x = y.clone().requires_grad_(); l = F.mse_loss(x, t); l.backward(); print(l.item(), x.grad)
TEST_CASE_TEMPLATE("mse: PyTorch's values", T, float, double) {
    const std::vector<T> y{0.5, -1.25, 2.0, 3.0, 1.0, -2.0};
    const std::vector<T> t{0.25, 1.0, -0.5, 2.5, -1.5, 0.0};
    const std::vector<double> gradient{
        0.08333333333333333, -0.75, 0.8333333333333333, 0.16666666666666666, 0.8333333333333333, -0.6666666666666666};
    const auto check = [&]<std::size_t Width>() {
        const auto found = minibatch_loss<Shape<3>, Shape<3>, Width>(MSE{}, y, t);
        check_close<T>(found.value, 3.6458333333333335);
        check_all_close<T>(found.dy, gradient);
    };
    check.template operator()<1>();
    check.template operator()<kiln::native_width<T>>();
    check.template operator()<2 * kiln::native_width<T>>();
}

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
    const auto y = random_numbers<double>(12, 3), t = random_numbers<double>(12, 4);
    const auto found = minibatch_loss<Shape<2, 3>, Shape<2, 3>, 1>(MSE{}, y, t);
    for (std::size_t i = 0; i < y.size(); ++i) {
        constexpr double step = 1e-4;
        auto up = y, down = y;
        up[i] += step;
        down[i] -= step;
        const auto value = [&](const std::vector<double>& x) {
            return minibatch_loss<Shape<2, 3>, Shape<2, 3>, 1>(MSE{}, x, t).value;
        };
        CHECK(std::abs(found.dy[i] - (value(up) - value(down)) / (2 * step)) < 1e-9);
    }
}

TEST_CASE("mse: the gradient may take the output's place") {
    std::array<double, 3> y{1, 2, 3};
    const std::array<double, 3> t{0, 4, 3};
    const View<Shape<3>, double> view{y.data()};
    CHECK(MSE::gradient(as_const(view), View<Shape<3>, const double>{t.data()}, 1.0, view) == doctest::Approx(5.0 / 3));
    check_all_close<double>(y, std::vector<double>{2.0 / 3, -4.0 / 3, 0});
}

TEST_CASE("mse: in a constant expression") {
    static constexpr std::array<double, 2> y{1, 3}, t{0, 5};
    constexpr double value =
        MSE::value(View<Shape<2>, const double>{y.data()}, View<Shape<2>, const double>{t.data()}, 1.0);
    static_assert(value == 2.5);
    static_assert(std::is_same_v<MSE::Target<Shape<4, 2>>, Shape<4, 2>> && MSE::accepts<Shape<4, 2>>);
    CHECK(MSE::name().view() == "MSE");
    CHECK(MSE::weight(3) == 1);
}
