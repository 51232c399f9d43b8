// check_gradients: is a layer's backward the derivative of its forward?
//
//     const auto check = kiln::check_gradients<Swish, kiln::Shape<3, 4>>();
//     if (!check.passed) std::puts(check.worst.c_str());
//     // Swish: the gradient of beta[0] is 0.5, but central differences give 0.25
//
// For any layer or composite and the shape of its input. In double, one sample a tile: x and the parameters are
// random, the loss is a random linear function of y, and what backward says is compared with
//
//     (loss(v + h) - loss(v - h)) / (2 h)
//
// for numbers v of x and of every parameter. Where a layer is not smooth (ReLU at 0, two equal maxima) a difference may
// straddle the kink: one that disagrees is taken again with smaller steps, and fails if it never agrees. Memory that
// nobody has written holds NaNs, so that reading it fails too.
#pragma once
#include <cmath>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>
#include "kiln/core/initialise.hpp"
#include "kiln/core/workspace.hpp"

namespace kiln {

struct GradientCheckOptions {
    std::size_t samples = 3;    // of the minibatch
    double tolerance = 1e-6;    // of an error relative to the gradient, or absolute where that is below 1
    std::size_t at_most = 200;  // numbers of x, and of each parameter, that are looked at
    double noise = 0.3;         // added to the parameters' starting values, uniform in +-
    std::uint64_t seed = 1;
};

struct GradientCheck {
    struct Array {
        std::string name;             // "x", "weight", "2.branch.0.bias"
        double largest_gradient = 0;  // in magnitude
        double absolute_error = 0;    // the largest
        double error = 0;             // the largest, relative to the gradient or absolute, whichever is less
    };
    std::vector<Array> arrays;  // x, unless it is tokens, then the parameters
    bool passed = true;
    std::string worst;  // a sentence on the worst number, whether it passed or not
};

namespace detail {
// One minibatch in double, a sample a tile, all of it in one shard.
template <class Layer, class In, Mode mode> struct GradientProbe {
    using Parameters = parameters_of<Layer, In>;
    using Buffers = buffers_of<Layer, In>;
    using Out = output_of<Layer, In>;
    static constexpr auto& layout = tile_layout<Layer, In, mode>;
    static constexpr std::size_t stride = tile_extent<Layer, In, mode>;
    static constexpr double unwritten = std::numeric_limits<double>::quiet_NaN();

    std::size_t samples;
    std::vector<double> x, slope, parameters, gradient, dx, start_buffers, buffers, workspace, board;
    std::vector<TileInfo<double>> tiles;

    explicit GradientProbe(const GradientCheckOptions& options)
        : samples(options.samples),
          x(samples * In::size),
          slope(samples * Out::size),
          parameters(Parameters::extent),
          gradient(Parameters::extent),
          dx(samples * In::size),
          start_buffers(Buffers::extent),
          buffers(Buffers::extent),
          workspace(samples * stride),
          board(2 * board_width),
          tiles(samples) {
        Draw draw{key(options.seed, Stream::initialise)};
        const auto add_uniform = [&](auto&& numbers, double bound) {
            for (double& number : numbers) {
                double draws = 0;
                draw.uniform(View<Shape<1>, double>{&draws}, bound);
                number += draws;
            }
        };
        add_uniform(x, 1);
        if constexpr (is_tokens<In>)  // as likely each
            for (double& token : x) token = std::floor((token + 1) / 2 * In::vocabulary);
        add_uniform(slope, 1);
        start<Layer, In>(parameters.data(), start_buffers.data(), options.seed);
        visit<Parameters>(parameters.data(),
                          [&](const std::string&, auto view) { add_uniform(view, options.noise); });
        for (std::size_t t = 0; t < samples; ++t)
            tiles[t] = {.first_sample = t, .shard = 0, .first_of_shard = t == 0, .alive = 1};
    }

    double* tile(std::size_t t, std::size_t array) { return workspace.data() + t * stride + layout[array]; }

    // Runs forward, and where the gradients are wanted, which it leaves in `gradient` and `dx`, backward. Returns the
    // loss.
    double run(bool wants_gradients) {
        Step<double> step{.cut = {samples, samples, 1},
                          .buffers = buffers.data(),
                          .gradients = gradient.data(),
                          .gradient_extent = Parameters::extent,
                          .board = board.data()};
        const Group<double> group{workspace.data(), stride, samples, tiles.data(), &step};
        const auto place = root_place<Layer, In, mode, double>(parameters.data(), buffers.data());
        std::copy(start_buffers.begin(), start_buffers.end(), buffers.begin());
        std::fill(workspace.begin(), workspace.end(), unwritten);
        std::fill(gradient.begin(), gradient.end(), unwritten);

        for (std::size_t t = 0; t < samples; ++t) std::copy_n(&x[t * In::size], In::size, tile(t, 0));
        kiln::forward<Layer, In, mode>(group, place);
        double loss = 0;
        for (std::size_t t = 0; t < samples; ++t)
            for (std::size_t k = 0; k < Out::size; ++k) loss += slope[t * Out::size + k] * tile(t, 1)[k];
        if (wants_gradients) {
            for (std::size_t t = 0; t < samples; ++t) std::copy_n(&slope[t * Out::size], Out::size, tile(t, 3));
            kiln::backward<Layer, In, mode, true>(group, place);
            for (std::size_t t = 0; t < samples; ++t) std::copy_n(tile(t, 2), In::size, &dx[t * In::size]);
        }
        return loss;
    }
};
}  // namespace detail

// Mode::frozen checks infer and infer_backward instead of forward and backward.
template <class Layer, class In, Mode mode = Mode::training>
GradientCheck check_gradients(const GradientCheckOptions& options = {}) {
    static_assert(accepts<Layer, In>, "check_gradients: the layer does not accept an input of this shape");
    static_assert(mode != Mode::inference,
                  "check_gradients: inference has no gradients; Mode::frozen checks infer_backward");
    detail::GradientProbe<Layer, In, mode> probe{options};
    probe.run(true);
    const std::vector<double> gradient = probe.gradient, dx = probe.dx;
    constexpr double infinity = std::numeric_limits<double>::infinity();

    GradientCheck check;
    double largest = -1;
    // The numbers at `values`, and what backward says of them; `number(i)` says which one i is.
    const auto compare = [&](const std::string& name, double* values, const double* found, std::size_t count,
                             auto number) {
        GradientCheck::Array array{name};
        for (std::size_t n = 0, looked = std::min(count, options.at_most); n < looked; ++n) {
            const std::size_t i = n * count / looked;
            const double start = values[i];
            double expected = 0, absolute = infinity, error = infinity;
            for (double h : {1e-4, 1e-5, 1e-6, 1e-7}) {
                values[i] = start + h;
                const double up = probe.run(false), above = values[i];
                values[i] = start - h;
                const double down = probe.run(false), slope = (up - down) / (above - values[i]);
                values[i] = start;
                const double difference = std::abs(slope - found[i]);
                const double relative = difference / std::max({1.0, std::abs(slope), std::abs(found[i])});
                if (relative < error)
                    expected = slope, absolute = difference, error = relative;  // never where one is a NaN
                if (error <= options.tolerance) break;
            }
            array.largest_gradient = std::max(array.largest_gradient, std::abs(found[i]));
            array.absolute_error = std::max(array.absolute_error, absolute);
            array.error = std::max(array.error, error);
            if (error > largest) {
                largest = error;
                char numbers[96];
                std::snprintf(numbers, sizeof numbers, " is %.9g, %s central differences give %.9g", found[i],
                              error <= options.tolerance ? "and" : "but", expected);
                check.worst = std::string{Layer::name().view()} + ": the gradient of " + name + number(i) + numbers;
            }
        }
        check.passed = check.passed && array.error <= options.tolerance;
        check.arrays.push_back(std::move(array));
    };
    if constexpr (!is_tokens<In>)
        compare("x", probe.x.data(), dx.data(), dx.size(), [](std::size_t i) {
            return std::string{"["} + std::to_string(i % In::size) + "] of sample " + std::to_string(i / In::size);
        });
    if constexpr (mode == Mode::training)
        visit<parameters_of<Layer, In>>(probe.parameters.data(), [&](const std::string& name, auto view) {
            const auto offset = view.data - probe.parameters.data();
            compare(name, view.data, gradient.data() + offset, view.size,
                    [](std::size_t i) { return std::string{"["} + std::to_string(i) + "]"; });
        });
    return check;
}

}  // namespace kiln
