// RNN: PyTorch's (Elman's) recurrent unit.
//
//     h[t] = tanh(a + m)    da = dm = dh (1 - h[t]^2)        with Nonlinearity::tanh
//     h[t] = max(a + m, 0)  da = dm = dh where h[t] > 0      with Nonlinearity::relu
//
// with a = W_ih x[t] + b_ih and m = W_hh h[t-1] + b_hh [Hidden].
//
//     x [Steps, Inputs]    y [Steps, Directions Hidden], or of the last step [Directions Hidden]
//     weight_ih [Hidden, Inputs]    weight_hh [Hidden, Hidden]    bias_ih, bias_hh [Hidden]
//
//     RNN<28, 64>    RNN<28, 64, Recurrent{.layers = 2, .output = last_step}, Nonlinearity::relu>
#pragma once
#include "kiln/layers/recurrent.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/tanh.hpp"

namespace kiln {

enum class Nonlinearity { tanh, relu };

template <Nonlinearity nonlinearity> struct RNNCell {
    static constexpr Text name() { return nonlinearity == Nonlinearity::tanh ? "RNN" : "ReLU RNN"; }
    static constexpr std::size_t gates = 1, kept = 0, carried = 0;
    using Activation = std::conditional_t<nonlinearity == Nonlinearity::tanh, Tanh, ReLU>;

    static constexpr void forward(auto s) {
        for (std::size_t k = 0; k < s.h.size; ++k) s.h[k] = Activation::value(s.gate(0, k) + s.m(0, k));
    }
    static constexpr void backward(auto s) {
        for (std::size_t k = 0; k < s.dh.size; ++k) {
            s.gate(0, k) = Activation::gradient(s.h[k], s.dh[k]);
            s.dh[k] = 0;
        }
    }
};

template <std::size_t Inputs, std::size_t Hidden, Recurrent options = Recurrent{}, Nonlinearity nonlinearity = Nonlinearity::tanh>
    requires(detail::sound_recurrence<Inputs, Hidden, options>())
struct RNN : RecurrentLayer<RNNCell<nonlinearity>, Inputs, Hidden, options> {};

}  // namespace kiln
