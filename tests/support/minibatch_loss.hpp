// The loss of a whole minibatch and its gradient, tile by tile as the trainer has them: samples in lanes, and the last
// tile filled up with copies of its first sample, of weight 0.
#pragma once
#include <doctest/doctest.h>
#include <algorithm>
#include <vector>
#include "kiln/core/arrays.hpp"
#include "kiln/core/lanes.hpp"

template <class T> struct MinibatchLoss {
    double value = 0;
    std::vector<T> dy;  // [samples][elements]
};

template <class Out, class Target, std::size_t Width, class T>
MinibatchLoss<T> minibatch_loss(const auto& loss, const std::vector<T>& y, const std::vector<T>& targets) {
    using L = kiln::Lanes<T, Width>;
    const std::size_t samples = y.size() / Out::size;
    double whole = 0;
    for (std::size_t s = 0; s < samples; ++s) whole += loss.weight(static_cast<double>(targets[s * Target::size]));

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
        const auto value = kiln::to_lanes(loss.value(y_view, target_view, weight));
        const auto again =
            kiln::to_lanes(loss.gradient(y_view, target_view, weight, kiln::View<Out, L>{dy_tile.data()}));
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
