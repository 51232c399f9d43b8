// The loss of a whole minibatch and its gradient, tile by tile as the trainer has them: samples in lanes, and the last
// tile filled up with copies of its first sample, of weight 0.
#pragma once
#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <vector>
#include "kiln/losses/loss.hpp"

template <class T> struct MinibatchLoss {
    double value = 0;
    std::vector<T> dy;  // [samples][elements]
};

template <class Out, class Target, std::size_t Width, class T>
MinibatchLoss<T> minibatch_loss(const auto& loss, const std::vector<T>& y, const std::vector<T>& targets) {
    using L = kiln::Lanes<T, Width>;
    const std::size_t samples = y.size() / Out::size;
    double whole = 1;
    if (loss.reduction == kiln::Reduction::mean) {
        whole = 0;
        for (std::size_t s = 0; s < samples; ++s)
            whole += terms_of(loss, kiln::View<Target, const T>{targets.data() + s * Target::size}, 1);
    }

    MinibatchLoss<T> result{0, std::vector<T>(y.size())};
    for (std::size_t first = 0; first < samples; first += Width) {
        const auto load = [&](const std::vector<T>& from, std::size_t size, std::size_t i) {
            std::array<T, Width> values;
            for (std::size_t lane = 0; lane < Width; ++lane)
                values[lane] = from[(first + lane < samples ? first + lane : first) * size + i];
            return kiln::from_lanes<L>(values);
        };
        std::array<L, Out::size> y_tile, dy_tile;
        std::array<L, Target::size> target_tile;
        for (std::size_t i = 0; i < Out::size; ++i) y_tile[i] = load(y, Out::size, i);
        for (std::size_t i = 0; i < Target::size; ++i) target_tile[i] = load(targets, Target::size, i);
        std::array<T, Width> weights{};
        std::fill_n(weights.begin(), std::min(Width, samples - first), static_cast<T>(1 / whole));

        const kiln::View<Out, const L> y_view{y_tile.data()};
        const kiln::View<Target, const L> target_view{target_tile.data()};
        const L weight = kiln::from_lanes<L>(weights);
        const auto value = kiln::to_lanes(loss_value(loss, y_view, target_view, weight));
        const auto again =
            kiln::to_lanes(loss_gradient(loss, y_view, target_view, weight, kiln::View<Out, L>{dy_tile.data()}));
        for (std::size_t lane = 0; lane < Width; ++lane) {
            CHECK(value[lane] == again[lane]);
            if (first + lane >= samples) CHECK(value[lane] == 0);
            result.value += static_cast<double>(value[lane]);
            for (std::size_t i = 0; i < Out::size; ++i) {
                const T dy = kiln::to_lanes(dy_tile[i])[lane];
                if (first + lane < samples) result.dy[(first + lane) * Out::size + i] = dy;
                else CHECK(dy == 0);
            }
        }
    }
    return result;
}

// Central differences with a step of 1e-5: the truncation and the rounding are both below 1e-9 for losses of size 1.
template <class Out, class Target> void check_slope(const auto& loss, const std::vector<double>& y, const std::vector<double>& targets) {
    const auto value = [&](const std::vector<double>& at) { return minibatch_loss<Out, Target, 1>(loss, at, targets).value; };
    const auto found = minibatch_loss<Out, Target, 1>(loss, y, targets);
    for (std::size_t i = 0; i < y.size(); ++i) {
        constexpr double step = 1e-5;
        auto up = y, down = y;
        up[i] += step;
        down[i] -= step;
        CAPTURE(i);
        CHECK(std::abs(found.dy[i] - (value(up) - value(down)) / (2 * step)) < 1e-9);
    }
}

// The same of one sample, as the compiler finds it; and the sum of its terms is the value.
template <class Out, class Target>
constexpr bool right_as_constant(const auto& loss, double value, std::array<double, Out::size> y, const std::array<double, Target::size>& target) {
    const kiln::View<Target, const double> t{target.data()};
    const kiln::View<Out, const double> view{y.data()};
    std::array<double, Out::size> dy{};
    const double found = loss_gradient(loss, view, t, 1.0, kiln::View<Out, double>{dy.data()});
    bool right = found == loss_value(loss, view, t, 1.0) && kiln::abs(found - value) < 1e-12;
    for (std::size_t i = 0; i < y.size(); ++i) {
        constexpr double step = 1e-5;
        const double start = y[i];
        y[i] = start + step;
        const double up = loss_value(loss, view, t, 1.0);
        y[i] = start - step;
        const double down = loss_value(loss, view, t, 1.0);
        y[i] = start;
        right = right && kiln::abs(dy[i] - (up - down) / (2 * step)) < 1e-9;
    }
    return right;
}
