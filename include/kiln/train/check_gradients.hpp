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
//
// A layer whose functions are constexpr can be checked by the compiler, and then whatever is undefined in them is an error too:
//
//     static_assert(kiln::check_gradients<Swish, kiln::Shape<2>>({.samples = 2}).passed);
//
// Of small shapes: clang evaluates a million steps, unless -fconstexpr-steps says more; `at_most` is what saves most of them.
#pragma once
#include <algorithm>
#include <cstdio>
#include <limits>
#include <type_traits>
#include <vector>
#include "kiln/core/chain.hpp"
#include "kiln/core/layer_functions.hpp"

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
        Text name;                    // "x", "weight", "2.branch.0.bias"
        double largest_gradient = 0;  // in magnitude
        double absolute_error = 0;    // the largest
        double error = 0;             // the largest, relative to the gradient or absolute, whichever is less
    };
    std::vector<Array> arrays;  // x, unless it is tokens, then the parameters
    bool passed = true;
    Text worst;  // a sentence on the worst number, whether it passed or not; none in a constant expression
};

namespace detail {
// Memory that nobody has written: NaNs, or in a constant expression no numbers at all, which a compiler refuses to read.
class Unwritten {
public:
    constexpr explicit Unwritten(std::size_t size) : size_(size), data_(new double[size]) { forget(); }
    constexpr ~Unwritten() { delete[] data_; }
    Unwritten(const Unwritten&) = delete;
    Unwritten& operator=(const Unwritten&) = delete;

    constexpr void forget() {
        if (std::is_constant_evaluated()) {
            delete[] data_;
            data_ = new double[size_];
        } else {
            std::fill_n(data_, size_, std::numeric_limits<double>::quiet_NaN());
        }
    }
    constexpr double* data() const { return data_; }

private:
    std::size_t size_;
    double* data_;
};

// One minibatch in double, a sample a tile, all of it in one shard.
struct GradientProbe {
    const LayerFunctions<double>& layer;
    std::size_t samples;
    std::vector<double> x, slope, parameters, dx, start_buffers, buffers;
    Unwritten gradient, workspace, board;
    std::vector<TileInfo<double>> tiles;

    constexpr GradientProbe(const LayerFunctions<double>& l, const GradientCheckOptions& options)
        : layer(l),
          samples(options.samples),
          x(samples * l.in, 0.0),
          slope(samples * l.out, 0.0),
          parameters(l.parameter_extent, 0.0),
          dx(samples * l.in, 0.0),
          start_buffers(l.buffer_extent, 0.0),
          buffers(l.buffer_extent, 0.0),
          gradient(l.parameter_extent),
          workspace(samples * l.tile_extent),
          board(2 * board_width),
          tiles(samples, TileInfo<double>{}) {
        Draw draw{key(options.seed, Stream::initialise)};
        const auto add_uniform = [&](double* numbers, std::size_t count, double bound) {
            for (std::size_t i = 0; i < count; ++i) {
                double draws = 0;
                draw.uniform(View<Shape<1>, double>{&draws}, bound);
                numbers[i] += draws;
            }
        };
        add_uniform(x.data(), x.size(), 1);
        if (l.vocabulary > 0)  // as likely each
            for (double& token : x) token = static_cast<double>(static_cast<std::size_t>((token + 1) / 2 * static_cast<double>(l.vocabulary)));
        add_uniform(slope.data(), slope.size(), 1);
        l.start(parameters.data(), start_buffers.data(), options.seed);
        for (const auto& array : l.parameters) add_uniform(parameters.data() + array.offset, array.size, options.noise);
        for (std::size_t t = 0; t < samples; ++t)
            tiles[t] = {.first_sample = t, .shard = 0, .first_of_shard = t == 0, .alive = 1};
    }

    constexpr double* tile(std::size_t t, std::size_t array) const { return workspace.data() + t * layer.tile_extent + layer.layout[array]; }

    // Runs forward, and where the gradients are wanted, which it leaves in `gradient` and `dx`, backward. Returns the
    // loss.
    constexpr double run(bool wants_gradients) {
        Step<double> step{.cut = {samples, samples, 1},
                          .buffers = buffers.data(),
                          .gradients = gradient.data(),
                          .gradient_extent = layer.parameter_extent,
                          .board = board.data()};
        const Group<double> group{workspace.data(), layer.tile_extent, samples, tiles.data(), &step};
        std::copy(start_buffers.begin(), start_buffers.end(), buffers.begin());

        for (std::size_t t = 0; t < samples; ++t) std::copy_n(x.data() + t * layer.in, layer.in, tile(t, 0));
        layer.forward(group, parameters.data(), buffers.data());
        double loss = 0;
        for (std::size_t t = 0; t < samples; ++t)
            for (std::size_t k = 0; k < layer.out; ++k) loss += slope[t * layer.out + k] * tile(t, 1)[k];
        if (wants_gradients) {
            for (std::size_t t = 0; t < samples; ++t) std::copy_n(slope.data() + t * layer.out, layer.out, tile(t, 3));
            layer.backward(group, parameters.data(), buffers.data());
            for (std::size_t t = 0; t < samples; ++t) std::copy_n(tile(t, 2), layer.in, dx.data() + t * layer.in);
        }
        workspace.forget();
        return loss;
    }
};

// "Linear<2,3>: the gradient of weight[1] is 0.5, but central differences give 0.25"; of x, `sample` says how many numbers are one sample's.
inline Text gradient_sentence(const Text& layer, const Text& name, std::size_t i, std::size_t sample, double found, bool agrees,
                                     double expected) {
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, " is %.9g, %s central differences give %.9g", found, agrees ? "and" : "but", expected);
    return text(layer, ": the gradient of ", name, "[", sample > 0 ? i % sample : i, "]", sample > 0 ? text(" of sample ", i / sample) : Text{}, numbers);
}

constexpr GradientCheck check_gradients(const LayerFunctions<double>& layer, const GradientCheckOptions& options) {
    GradientProbe probe{layer, options};
    probe.run(true);
    constexpr double infinity = std::numeric_limits<double>::infinity();

    GradientCheck check;
    double largest = -1;
    // The numbers at `values`, and what backward says of them.
    const auto compare = [&](const Text& name, double* values, const double* found, std::size_t count, std::size_t sample) {
        GradientCheck::Array array{.name = name};
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
                const double difference = kiln::abs(slope - found[i]);
                const double relative = difference / std::max({1.0, kiln::abs(slope), kiln::abs(found[i])});
                if (relative < error)
                    expected = slope, absolute = difference, error = relative;  // never where one is a NaN
                if (error <= options.tolerance) break;
            }
            array.largest_gradient = std::max(array.largest_gradient, kiln::abs(found[i]));
            array.absolute_error = std::max(array.absolute_error, absolute);
            array.error = std::max(array.error, error);
            if (error > largest) {
                largest = error;
                if (!std::is_constant_evaluated())
                    check.worst = gradient_sentence(layer.name, name, i, sample, found[i], error <= options.tolerance, expected);
            }
        }
        check.passed = check.passed && array.error <= options.tolerance;
        check.arrays.push_back(std::move(array));
    };
    if (layer.vocabulary == 0) compare("x", probe.x.data(), probe.dx.data(), probe.x.size(), layer.in);
    if (layer.mode == Mode::training)
        for (const auto& [name, offset, size] : layer.parameters) compare(name, probe.parameters.data() + offset, probe.gradient.data() + offset, size, 0);
    return check;
}
}  // namespace detail

// Mode::frozen checks infer and infer_backward instead of forward and backward.
template <class Layer, class In, Mode mode = Mode::training>
constexpr GradientCheck check_gradients(const GradientCheckOptions& options = {}) {
    static_assert(mode != Mode::inference,
                  "check_gradients: inference has no gradients; Mode::frozen checks infer_backward");
    if constexpr (!Fits<Layer, In>) static_cast<void>(report_fault<Layer, In>());
    if constexpr (!Fits<Layer, In>) return {};
    else return detail::check_gradients(layer_functions<Layer, In, mode, double>(), options);
}

}  // namespace kiln
