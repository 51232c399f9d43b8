// LSTM: PyTorch's long short-term memory.
//
//     i = sigmoid(a_i + m_i)    f = sigmoid(a_f + m_f)    g = tanh(a_g + m_g)    o = sigmoid(a_o + m_o)
//     c[t] = f c[t-1] + i g     h[t] = o tanh(c[t])
//
//     dc[t] += dh o (1 - tanh(c[t])^2)    dc[t-1] = dc[t] f
//     da_i = dc g i (1 - i)    da_f = dc c[t-1] f (1 - f)    da_g = dc i (1 - g^2)    da_o = dh tanh(c[t]) o (1 - o)    dm = da
//
// with a = W_ih x[t] + b_ih and m = W_hh h[t-1] + b_hh, of each gate [Hidden]; kept are c and tanh(c).
//
//     x [Steps, Inputs]    y [Steps, Directions Hidden], or of the last step [Directions Hidden]
//     weight_ih [4 Hidden, Inputs]    weight_hh [4 Hidden, Hidden]    bias_ih, bias_hh [4 Hidden]
//
//     LSTM<28, 64>    LSTM<28, 64, Recurrent{.layers = 2, .bidirectional = true, .output = last_step}>
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/recurrent.hpp"

namespace kiln {

struct LSTMCell {
    static constexpr Text name() { return "LSTM"; }
    static constexpr std::size_t gates = 4, kept = 2, carried = 1;

    static constexpr void forward(auto s) {
        using elementary::sigmoid, elementary::tanh;
        // A loop for each function: a core does not look far enough ahead to fill the waits of a single one (forward 5 to 15 % longer).
        const auto i = s.gate.row(0), f = s.gate.row(1), g = s.gate.row(2), o = s.gate.row(3), c = s.kept.row(0), tanh_c = s.kept.row(1);
        for (std::size_t k = 0; k < 2 * s.h.size; ++k) s.gate[k] = sigmoid(s.gate[k] + s.m[k]);
        for (std::size_t k = 0; k < s.h.size; ++k) o[k] = sigmoid(o[k] + s.m(3, k));
        for (std::size_t k = 0; k < s.h.size; ++k) {
            g[k] = tanh(g[k] + s.m(2, k));
            c[k] = fma(f[k], s.kept_before(0, k), i[k] * g[k]);
        }
        for (std::size_t k = 0; k < s.h.size; ++k) {
            tanh_c[k] = tanh(c[k]);
            s.h[k] = o[k] * tanh_c[k];
        }
    }
    static constexpr void backward(auto s) {
        using L = std::remove_cvref_t<decltype(s.dh[0])>;
        for (std::size_t k = 0; k < s.dh.size; ++k) {
            const L i = s.gate(0, k), f = s.gate(1, k), g = s.gate(2, k), o = s.gate(3, k), tanh_c = s.kept(1, k), dh = s.dh[k];
            const L dc = fma(dh * o, fma(-tanh_c, tanh_c, L(1)), s.carried(0, k));
            s.gate(0, k) = dc * g * i * (L(1) - i);
            s.gate(1, k) = dc * s.kept_before(0, k) * f * (L(1) - f);
            s.gate(2, k) = dc * i * fma(-g, g, L(1));
            s.gate(3, k) = dh * tanh_c * o * (L(1) - o);
            s.carried(0, k) = dc * f;
            s.dh[k] = L(0);
        }
    }
};

template <std::size_t Inputs, std::size_t Hidden, Recurrent options = Recurrent{}>
    requires(detail::sound_recurrence<Inputs, Hidden, options>())
struct LSTM : RecurrentLayer<LSTMCell, Inputs, Hidden, options> {};

}  // namespace kiln
