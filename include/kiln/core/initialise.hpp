// Initialisers: the numbers that parameters start with.
//
//     kiln::Model<Net, Input> model{kiln::Seed{1}};                       // every layer's own default, PyTorch's
//     kiln::Model<Net, Input> model{kiln::Seed{1}, kiln::Kaiming{}};      // weights by choice
//
// A layer's default is its init(parameters, draw), in which draw is a Draw. An initialiser runs after it, over every
// parameter: initialiser(View parameter, name, stream), stream a key of that array's own; a lambda will do. The ones
// here set weights, which are the parameters of two axes or more, and leave the others at the layer's default, except
// that zero_bias = true sets biases to zero.
#pragma once
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>
#include "kiln/core/layer.hpp"
#include "kiln/core/option.hpp"
#include "kiln/core/random.hpp"

namespace kiln {

// Random numbers for one array after another. A number depends on the stream, on how many arrays were drawn before it
// and on its place in its array, and on nothing else. It is drawn in double and rounded to the array's type.
class Draw {
public:
    constexpr explicit Draw(std::uint64_t stream) : stream_(stream) {}

    // Uniform in [-bound, bound), or in [low, high).
    constexpr void uniform(auto view, double bound) {
        fill(view, [&](std::uint64_t k) { return bound * (2 * kiln::uniform<double>(k) - 1); });
    }
    constexpr void uniform(auto view, double low, double high) {
        fill(view, [&](std::uint64_t k) { return fma(high - low, kiln::uniform<double>(k), low); });
    }

    // Normally distributed (Box-Muller; 1 - u is never 0).
    constexpr void normal(auto view, double mean, double deviation) {
        fill(view, [&](std::uint64_t k) {
            const double radius = sqrt(-2 * log(1 - kiln::uniform<double>(key(k, 0)))), turns = kiln::uniform<double>(key(k, 1));
            const double across = std::is_constant_evaluated() ? constant::cos_of_turns(turns) : std::cos(2 * std::numbers::pi * turns);
            return fma(deviation * radius, across, mean);
        });
    }

private:
    template <class S, class T> constexpr void fill(View<S, T> view, auto number) {
        const std::uint64_t array = key(stream_, count_++);
        for (std::size_t i = 0; i < view.size; ++i) view[i] = static_cast<T>(number(key(array, i)));
    }

    std::uint64_t stream_, count_ = 0;
};

// Gives every layer of a network its starting numbers; layer `instance` draws from a stream of its own.
template <class Layer, class In, class T>
constexpr void start(T* parameters, T* buffers, std::uint64_t seed, std::size_t instance = 0) {
    if constexpr (requires { Layer::template start<In>(parameters, buffers, seed, instance); }) {
        Layer::template start<In>(parameters, buffers, seed, instance);
    } else if constexpr (requires { typename Layer::template Parts<In>; }) {
        using Parts = typename Layer::template Parts<In>;
        unroll<Parts::count>([&]<std::size_t I>() {
            using Part = typename Parts::template at<I>;
            start<typename Part::Layer, typename Part::In>(parameters + parameters_of<Layer, In>::offsets[I],
                                                           buffers + buffers_of<Layer, In>::offsets[I], seed,
                                                           instance + Layer::instances[I]);
        });
    } else {
        if constexpr (requires(Draw draw) { Layer::init(parameters_of<Layer, In>::views(parameters), draw); }) {
            Draw draw{key(seed, Stream::initialise, instance)};
            Layer::init(parameters_of<Layer, In>::views(parameters), draw);
        }
        if constexpr (requires { Layer::init_buffers(buffers_of<Layer, In>::views(buffers)); })
            Layer::init_buffers(buffers_of<Layer, In>::views(buffers));
    }
}

// How many numbers a weight [Outputs, Inputs, Kernel...] sums for one output, and how many outputs one input reaches:
// as torch.nn.init computes them.
template <class S>
    requires(S::rank >= 2)
inline constexpr std::size_t fan_in = S::size / S::extents[0];
template <class S>
    requires(S::rank >= 2)
inline constexpr std::size_t fan_out = S::size / S::extents[1];

enum class Fan { in, out };
enum class Distribution { normal, uniform };

namespace detail {
constexpr bool is_bias(std::string_view name) { return name.substr(name.rfind('.') + 1).find("bias") != name.npos; }

// A parameter that is not a weight: a bias becomes zero on request, all else stays.
constexpr void initialise_vector(auto parameter, std::string_view name, bool zero_bias) {
    if (zero_bias && is_bias(name)) parameter.fill(0);
}

// Numbers of mean 0 and a standard deviation.
void draw(auto view, std::uint64_t stream, Distribution distribution, double deviation) {
    if (distribution == Distribution::normal) Draw{stream}.normal(view, 0, deviation);
    else Draw{stream}.uniform(view, std::sqrt(3.0) * deviation);
}
}  // namespace detail

// Deviation sqrt(2 / (1 + negative_slope^2) / fan), which keeps the size of what passes a ReLU (slope 0) or a
// LeakyReLU: forward with Fan::in, backward with Fan::out. K. He et al.: Delving deep into rectifiers, 2015; torch's
// kaiming_normal_ and kaiming_uniform_.
struct Kaiming {
    Distribution distribution = Distribution::normal;
    Fan fan = Fan::in;
    double negative_slope = 0;
    bool zero_bias = false;

    template <class S, class T>
    void operator()(View<S, T> parameter, std::string_view name, std::uint64_t stream) const {
        check_option(std::isfinite(negative_slope), "Kaiming", "negative_slope", negative_slope, "finite");
        if constexpr (S::rank >= 2) {
            const double n = static_cast<double>(fan == Fan::in ? fan_in<S> : fan_out<S>);
            detail::draw(parameter, stream, distribution, std::sqrt(2 / (1 + negative_slope * negative_slope) / n));
        } else {
            detail::initialise_vector(parameter, name, zero_bias);
        }
    }
};

// Deviation gain sqrt(2 / (fan_in + fan_out)), for tanh and sigmoid. X. Glorot, Y. Bengio: Understanding the difficulty
// of training deep feedforward neural networks, 2010; torch's xavier_normal_ and xavier_uniform_.
struct Xavier {
    Distribution distribution = Distribution::normal;
    double gain = 1;
    bool zero_bias = false;

    template <class S, class T>
    void operator()(View<S, T> parameter, std::string_view name, std::uint64_t stream) const {
        check_option(gain > 0 && std::isfinite(gain), "Xavier", "gain", gain, "positive and finite");
        if constexpr (S::rank >= 2) {
            detail::draw(parameter, stream, distribution,
                         gain * std::sqrt(2.0 / static_cast<double>(fan_in<S> + fan_out<S>)));
        } else {
            detail::initialise_vector(parameter, name, zero_bias);
        }
    }
};

// Normally distributed.
struct Normal {
    double mean = 0;
    double deviation = 1;
    bool zero_bias = false;

    template <class S, class T>
    void operator()(View<S, T> parameter, std::string_view name, std::uint64_t stream) const {
        check_option(std::isfinite(mean), "Normal", "mean", mean, "finite");
        check_option(deviation >= 0 && std::isfinite(deviation), "Normal", "deviation", deviation,
                     "0 or positive, and finite");
        if constexpr (S::rank >= 2) {
            Draw{stream}.normal(parameter, mean, deviation);
        } else {
            detail::initialise_vector(parameter, name, zero_bias);
        }
    }
};

// One value for every weight.
struct Constant {
    double value = 0;
    bool zero_bias = false;

    template <class S, class T>
    constexpr void operator()(View<S, T> parameter, std::string_view name, std::uint64_t /*stream*/) const {
        check_option(value - value == 0, "Constant", "value", value, "finite");
        if constexpr (S::rank >= 2) {
            parameter.fill(value);
        } else {
            detail::initialise_vector(parameter, name, zero_bias);
        }
    }
};

}  // namespace kiln
