// An optimiser over a flat array, as the trainer runs it: the moments lie in memory, behind a proxy that counts what is
// loaded and stored.
#pragma once
#include <doctest/doctest.h>
#include <array>
#include <functional>
#include <vector>
#include "kiln/core/lanes.hpp"
#include "support/close.hpp"

struct Traffic {
    int loads = 0, stores = 0;
};

template <class L> struct Moments {
    using T = kiln::scalar<L>;
    struct Moment {
        T* at;
        Traffic* traffic;
        operator L() const {
            ++traffic->loads;
            return kiln::load_lanes<L>(at);
        }
        void operator=(const L& v) const {
            ++traffic->stores;
            kiln::store_lanes(at, v);
        }
    };
    T* data;
    std::size_t extent;
    Traffic* traffic;

    Moment operator[](std::size_t i) const { return {data + i * extent, traffic}; }
};

// The gradient of element i at step t (from 1); the steps' traffic, if wanted, for each pack and step.
using Gradient = std::function<double(std::size_t i, std::size_t t)>;
template <class L, class Optimizer>
std::vector<kiln::scalar<L>> descend(const Optimizer& optimizer, std::vector<kiln::scalar<L>> p,
                                     const Gradient& gradient, std::size_t steps,
                                     std::vector<Traffic>* traffic = nullptr) {
    using T = kiln::scalar<L>;
    constexpr std::size_t width = kiln::lane_count<L>;
    optimizer.check();
    const std::size_t size = p.size(), extent = (size + width - 1) / width * width;
    p.resize(extent);  // padded with zeros, which must stay zero
    std::vector<T> moments(Optimizer::moments * extent);
    for (std::size_t t = 1; t <= steps; ++t) {
        const auto rule = optimizer.template rule<T>(t, optimizer.learning_rate);
        for (std::size_t k = 0; k < extent; k += width) {
            std::array<T, width> g{};
            for (std::size_t lane = 0; lane < width; ++lane)
                if (k + lane < size) g[lane] = static_cast<T>(gradient(k + lane, t));
            Traffic step;
            const Moments<L> m{moments.data() + k, extent, &step};
            kiln::store_lanes(p.data() + k, rule(kiln::load_lanes<L>(p.data() + k), kiln::from_lanes<L>(g), m));
            if (traffic) traffic->push_back(step);
        }
    }
    for (std::size_t i = size; i < extent; ++i) CHECK(p[i] == 0);
    p.resize(size);
    return p;
}

// Calls f<L>() for one lane, a register and two of them, in float and double.
void for_every_lanes(auto f) {
    f.template operator()<float>();
    f.template operator()<kiln::Lanes<float, kiln::native_width<float>>>();
    f.template operator()<kiln::Lanes<float, 2 * kiln::native_width<float>>>();
    f.template operator()<double>();
    f.template operator()<kiln::Lanes<double, kiln::native_width<double>>>();
    f.template operator()<kiln::Lanes<double, 2 * kiln::native_width<double>>>();
}

// Numbers for the tests: a start, and a gradient that changes sign and size from element to element and step to step.
// Both are exact in float.
inline std::vector<double> start_of(std::size_t size) {
    std::vector<double> p;
    for (std::size_t i = 0; i < size; ++i) p.push_back(static_cast<double>(i * 37 % 64) / 16 - 2);
    return p;
}
inline double gradient_of(std::size_t i, std::size_t t) {
    return static_cast<double>((i * 29 + t * 53) % 128) / 32 - 2;
}

// An optimiser's first 50 steps of 37 elements, in every lanes, against formula(p, i, t), which takes element i's step t in double.
template <class Optimizer> void check_formula(const Optimizer& optimizer, auto&& formula) {
    constexpr std::size_t elements = 37, steps = 50;
    std::vector<double> p = start_of(elements);
    for (std::size_t t = 1; t <= steps; ++t)
        for (std::size_t i = 0; i < elements; ++i) formula(p[i], i, t);
    for_every_lanes([&]<class L>() {
        const auto first = start_of(elements);
        check_all_close<kiln::scalar<L>>(descend<L>(optimizer, {first.begin(), first.end()}, gradient_of, steps), p);
    });
}

// In every step so many moments are read once and written once.
template <class Optimizer> void check_moments(const Optimizer& optimizer, int moments) {
    std::vector<Traffic> traffic;
    descend<double>(optimizer, {1}, gradient_of, 3, &traffic);
    REQUIRE(traffic.size() == 3);
    for (const Traffic& step : traffic) {
        CHECK(step.loads == moments);
        CHECK(step.stores == moments);
    }
}
