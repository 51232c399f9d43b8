// Compares a layer with a reference for one sample, written plainly in double, for 1, 7, 10 and 100 samples.
//
// The reference computes with Bounded numbers, which know how large the terms were that went into them: rounding may
// be off by some units in the last place of those, and not of a result that they cancelled to.
#pragma once
#include <doctest/doctest.h>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>
#include "kiln/train/check_gradients.hpp"
#include "support/run_layer.hpp"

struct Bounded {
    double value = 0, magnitude = 0;

    Bounded(double v = 0) : value(v), magnitude(std::abs(v)) {}
    Bounded(double v, double m) : value(v), magnitude(m) {}
    friend Bounded operator+(Bounded a, Bounded b) { return {a.value + b.value, a.magnitude + b.magnitude}; }
    friend Bounded operator-(Bounded a, Bounded b) { return {a.value - b.value, a.magnitude + b.magnitude}; }
    friend Bounded operator*(Bounded a, Bounded b) { return {a.value * b.value, a.magnitude * b.magnitude}; }
    friend Bounded operator/(Bounded a, double b) { return {a.value / b, a.magnitude / std::abs(b)}; }
    Bounded& operator+=(Bounded b) { return *this = *this + b; }
};
using Numbers = std::vector<Bounded>;

// What a reference is given and what it fills: y and dx, and gradients, to which it adds.
struct Sample {
    const std::vector<Numbers>& parameters;
    Numbers x, dy, y, dx;
    std::vector<Numbers>& gradients;
};

// How far a result may be off: some units in the last place of its terms, and what elementary functions may be off
// besides, absolute in units of the larger of 1 and the result.
struct Precision {
    double ulps = 16, in_float = 0, in_double = 0;

    template <class T> double bound(Bounded expected) const {
        const double functions = sizeof(T) == 4 ? in_float : in_double;
        return ulps * std::numeric_limits<T>::epsilon() * expected.magnitude +
               functions * std::max(1.0, std::abs(expected.value)) + std::numeric_limits<T>::min();
    }
};
inline constexpr Precision rounding{}, elementary_functions{.ulps = 16, .in_float = 2e-6, .in_double = 1e-10};

template <class T> void check_within(const std::vector<T>& found, const Numbers& expected, Precision precision) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i);
        CAPTURE(static_cast<double>(found[i]));
        CAPTURE(expected[i].value);
        CHECK(std::abs(static_cast<double>(found[i]) - expected[i].value) <= precision.bound<T>(expected[i]));
    }
}

template <class L>
void check_lanes(const kiln::LayerFunctions<L>& layer, const kiln::LayerFunctions<L>& inference, const std::function<void(Sample&)>& reference,
                 Precision precision, double bound) {
    using T = kiln::scalar<L>;
    std::vector<std::vector<T>> parameters;
    std::vector<Numbers> bounded;
    for (std::uint64_t seed = 11; const auto& array : layer.parameters) {
        parameters.push_back(random_numbers<T>(array.size, seed++));
        bounded.emplace_back(parameters.back().begin(), parameters.back().end());
    }
    for (std::size_t samples : {1U, 7U, 10U, 100U}) {
        CAPTURE(samples);
        CAPTURE(kiln::lane_count<L>);
        const auto x = random_numbers<T>(samples * layer.in, 5, bound), dy = random_numbers<T>(samples * layer.out, 6);
        const auto run = run_layer(layer, parameters, x, dy, {.shards = 4, .threads = 1});

        std::vector<Numbers> gradients;
        for (const auto& p : parameters) gradients.emplace_back(p.size());
        Numbers y, dx;
        for (std::size_t s = 0; s < samples; ++s) {
            Sample sample{bounded,
                          Numbers(&x[s * layer.in], &x[s * layer.in] + layer.in),
                          Numbers(&dy[s * layer.out], &dy[s * layer.out] + layer.out),
                          Numbers(layer.out),
                          Numbers(layer.in),
                          gradients};
            reference(sample);
            y.insert(y.end(), sample.y.begin(), sample.y.end());
            dx.insert(dx.end(), sample.dx.begin(), sample.dx.end());
        }
        check_within(run.y, y, precision);
        check_within(run.dx, dx, precision);
        REQUIRE(run.gradients.size() == gradients.size());
        for (std::size_t p = 0; p < gradients.size(); ++p) check_within(run.gradients[p], gradients[p], precision);
        CHECK(run_layer(inference, parameters, x, dy).y == run.y);
    }
}
template <class Layer, class In, class T, std::size_t Width>
void check_lanes(const std::function<void(Sample&)>& reference, Precision precision = rounding, double bound = 1) {
    using L = kiln::Lanes<T, Width>;
    check_lanes(kiln::layer_functions<Layer, In, kiln::Mode::training, L>(), kiln::layer_functions<Layer, In, kiln::Mode::inference, L>(), reference, precision, bound);
}

// In the machine's lanes of float, and the gradient in double.
template <class Layer, class In> void check_layer(const std::function<void(Sample&)>& reference, Precision precision = rounding, double bound = 1) {
    check_lanes<Layer, In, float, kiln::native_width<float>>(reference, precision, bound);
    const auto check = kiln::check_gradients<Layer, In>();
    INFO(check.worst.view());
    CHECK(check.passed);
}
// In float in one lane, in half, all and twice as many as the machine's registers have; in double in all.
template <class Layer, class In>
void check_layer_in_all_lanes(const std::function<void(Sample&)>& reference, Precision precision = rounding, double bound = 1) {
    constexpr std::size_t native = kiln::native_width<float>;
    check_layer<Layer, In>(reference, precision, bound);
    check_lanes<Layer, In, float, 1>(reference, precision, bound);
    check_lanes<Layer, In, float, 2 * native>(reference, precision, bound);
    if constexpr (native > 2) check_lanes<Layer, In, float, native / 2>(reference, precision, bound);
    check_lanes<Layer, In, double, kiln::native_width<double>>(reference, precision, bound);
}

// An activation, given its value and its slope; x within [-bound, bound].
template <class Layer> void check_activation(auto value, auto slope, double bound = 6) {
    check_layer_in_all_lanes<Layer, kiln::Shape<3, 5>>(
        [&](Sample& s) {
            for (std::size_t i = 0; i < s.x.size(); ++i) {
                s.y[i] = value(s.x[i].value);
                s.dx[i] = s.dy[i].value * slope(s.x[i].value);
            }
        },
        elementary_functions, bound);
}
