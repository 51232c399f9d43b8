// RNN, GRU and LSTM in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/linear.hpp"
#include "kiln/io/source/elementary.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/lstm.hpp"
#include "kiln/layers/rnn.hpp"

namespace kiln {

namespace source {
// All go through the steps of x [Steps][Inputs], from the last one where they are reversed, and write h [Hidden] of step t to y + t Stride.
// memory: a and m, the maps of x[t] and of h[t - 1], of every gate, h, and of LSTM c.
inline constexpr Function rnn{"rnn", R"(
// h = tanh(a + m) or max(a + m, 0), with a = W_ih x[t] + b_ih and m = W_hh h + b_hh, of every step; y[t Stride] is h.
template <std::size_t Steps, std::size_t Inputs, std::size_t Hidden, std::size_t Stride, bool Reversed, bool Tanh>
constexpr void rnn(const float* x, const float* w_ih, const float* w_hh, const float* b_ih, const float* b_hh, float* y, float* memory) {
    float *const a = memory, *const m = a + Hidden, *const h = m + Hidden;
    for (std::size_t k = 0; k < Hidden; ++k) h[k] = 0;
    for (std::size_t s = 0; s < Steps; ++s) {
        const std::size_t t = Reversed ? Steps - 1 - s : s;
        linear<1, Inputs, Hidden>(x + t * Inputs, w_ih, b_ih, a);
        linear<1, Hidden, Hidden>(h, w_hh, b_hh, m);
        for (std::size_t k = 0; k < Hidden; ++k) {
            const float sum = a[k] + m[k];
            h[k] = Tanh ? tanh(sum) : sum < 0 ? 0 : sum;
            y[t * Stride + k] = h[k];
        }
    }
}
)", {&linear, &tanh}};
inline constexpr Function gru{"gru", R"(
// r = sigmoid(a_r + m_r), z = sigmoid(a_z + m_z), n = tanh(a_n + r m_n), h = (1 - z) n + z h, with a = W_ih x[t] + b_ih and m = W_hh h + b_hh,
// of every step; y[t Stride] is h.
template <std::size_t Steps, std::size_t Inputs, std::size_t Hidden, std::size_t Stride, bool Reversed>
constexpr void gru(const float* x, const float* w_ih, const float* w_hh, const float* b_ih, const float* b_hh, float* y, float* memory) {
    float *const a = memory, *const m = a + 3 * Hidden, *const h = m + 3 * Hidden;
    for (std::size_t k = 0; k < Hidden; ++k) h[k] = 0;
    for (std::size_t s = 0; s < Steps; ++s) {
        const std::size_t t = Reversed ? Steps - 1 - s : s;
        linear<1, Inputs, 3 * Hidden>(x + t * Inputs, w_ih, b_ih, a);
        linear<1, Hidden, 3 * Hidden>(h, w_hh, b_hh, m);
        for (std::size_t k = 0; k < Hidden; ++k) {
            const float r = sigmoid(a[k] + m[k]), z = sigmoid(a[Hidden + k] + m[Hidden + k]), n = tanh(a[2 * Hidden + k] + r * m[2 * Hidden + k]);
            h[k] = n + z * (h[k] - n);
            y[t * Stride + k] = h[k];
        }
    }
}
)", {&linear, &sigmoid, &tanh}};
inline constexpr Function lstm{"lstm", R"(
// i = sigmoid(a_i + m_i), f = sigmoid(a_f + m_f), g = tanh(a_g + m_g), o = sigmoid(a_o + m_o), c = f c + i g, h = o tanh(c), with
// a = W_ih x[t] + b_ih and m = W_hh h + b_hh, of every step; y[t Stride] is h.
template <std::size_t Steps, std::size_t Inputs, std::size_t Hidden, std::size_t Stride, bool Reversed>
constexpr void lstm(const float* x, const float* w_ih, const float* w_hh, const float* b_ih, const float* b_hh, float* y, float* memory) {
    float *const a = memory, *const m = a + 4 * Hidden, *const h = m + 4 * Hidden, *const c = h + Hidden;
    for (std::size_t k = 0; k < 2 * Hidden; ++k) h[k] = 0;
    for (std::size_t s = 0; s < Steps; ++s) {
        const std::size_t t = Reversed ? Steps - 1 - s : s;
        linear<1, Inputs, 4 * Hidden>(x + t * Inputs, w_ih, b_ih, a);
        linear<1, Hidden, 4 * Hidden>(h, w_hh, b_hh, m);
        for (std::size_t k = 0; k < 4 * Hidden; ++k) a[k] += m[k];
        for (std::size_t k = 0; k < Hidden; ++k) {
            c[k] = sigmoid(a[Hidden + k]) * c[k] + sigmoid(a[k]) * tanh(a[2 * Hidden + k]);
            h[k] = sigmoid(a[3 * Hidden + k]) * tanh(c[k]);
            y[t * Stride + k] = h[k];
        }
    }
}
)", {&linear, &sigmoid, &tanh}};

// A layer's and direction's sums at a step, by the cell.
template <class Cell> inline constexpr const Function* cell_function = nullptr;
template <Nonlinearity f> inline constexpr const Function* cell_function<RNNCell<f>> = &rnn;
template <> inline constexpr const Function* cell_function<GRUCell> = &gru;
template <> inline constexpr const Function* cell_function<LSTMCell> = &lstm;

template <class Cell, std::size_t Inputs, std::size_t Hidden, Recurrent options> struct Recurrence {
    template <class In> static void write(LayerSource& layer) {
        using Layer = RecurrentLayer<Cell, Inputs, Hidden, options>;
        constexpr std::size_t steps = first_axis<In>;
        const Region memory = layer.temporary((2 * Cell::gates + 2) * Hidden);
        layer.costs(16 * 5 * Layer::layers * Layer::directions * steps * Hidden);
        Region x = layer.x;
        for (std::size_t l = 0; l < Layer::layers; ++l) {
            const bool last = l + 1 == Layer::layers;
            const std::size_t inputs = l == 0 ? Inputs : Layer::features, stride = last && !Layer::gives_steps ? 0 : Layer::features;
            const Region y = last ? layer.y : layer.temporary(steps * Layer::features);
            for (std::size_t d = 0; d < Layer::directions; ++d) {
                const std::string suffix = "_l" + std::to_string(l) + (d == 1 ? "_reverse" : "");
                const std::initializer_list<Program::Argument> arguments{x, layer.transposed("weight_ih" + suffix, Layer::sums, inputs),
                    layer.transposed("weight_hh" + suffix, Layer::sums, Hidden), layer.constant("bias_ih" + suffix), layer.constant("bias_hh" + suffix),
                    y + d * Hidden, memory};
                if constexpr (cell_function<Cell> == &rnn) layer.call(rnn, {steps, inputs, Hidden, stride, d == 1, std::is_same_v<typename Cell::Activation, Tanh>}, arguments);
                else layer.call(*cell_function<Cell>, {steps, inputs, Hidden, stride, d == 1}, arguments);
            }
            x = y;
        }
    }
};
}  // namespace source

template <std::size_t Inputs, std::size_t Hidden, Recurrent options, Nonlinearity f>
struct Source<RNN<Inputs, Hidden, options, f>> : source::Recurrence<RNNCell<f>, Inputs, Hidden, options> {};
template <std::size_t Inputs, std::size_t Hidden, Recurrent options>
struct Source<GRU<Inputs, Hidden, options>> : source::Recurrence<GRUCell, Inputs, Hidden, options> {};
template <std::size_t Inputs, std::size_t Hidden, Recurrent options>
struct Source<LSTM<Inputs, Hidden, options>> : source::Recurrence<LSTMCell, Inputs, Hidden, options> {};

}  // namespace kiln
