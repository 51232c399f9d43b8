// GRU: PyTorch's gated recurrent unit.
//
//     r = sigmoid(a_r + m_r)    z = sigmoid(a_z + m_z)    n = tanh(a_n + r m_n)    h[t] = (1 - z) n + z h[t-1]
//
//     da_n = dh (1 - z) (1 - n^2)    da_r = da_n m_n r (1 - r)    da_z = dh (h[t-1] - n) z (1 - z)    dh[t-1] += dh z
//     dm_n = da_n r                  dm_r = da_r                  dm_z = da_z
//
// with a = W_ih x[t] + b_ih and m = W_hh h[t-1] + b_hh, of each gate [Hidden]; kept are m_n and then da_n.
//
//     x [Steps, Inputs]    y [Steps, Directions Hidden], or of the last step [Directions Hidden]
//     weight_ih [3 Hidden, Inputs]    weight_hh [3 Hidden, Hidden]    bias_ih, bias_hh [3 Hidden]
//
//     GRU<28, 64>    GRU<28, 64, Recurrent{.layers = 2, .bidirectional = true, .output = last_step}>
#pragma once
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/recurrent.hpp"

namespace kiln {

struct GRUCell {
    static constexpr Text name() { return "GRU"; }
    static constexpr std::size_t gates = 3, kept = 1, carried = 0;

    static constexpr void forward(auto s) {
        using elementary::sigmoid, elementary::tanh;
        // Two loops: a core does not look far enough ahead to fill the waits of a single one (it takes a quarter longer).
        const auto r = s.gate.row(0), z = s.gate.row(1), n = s.gate.row(2), m_n = s.kept.row(0);
        for (std::size_t k = 0; k < 2 * s.h.size; ++k) s.gate[k] = sigmoid(s.gate[k] + s.m[k]);
        for (std::size_t k = 0; k < s.h.size; ++k) {
            m_n[k] = s.m(2, k);
            n[k] = tanh(fma(r[k], m_n[k], n[k]));
            s.h[k] = fma(z[k], s.h_before[k] - n[k], n[k]);
        }
    }
    static constexpr void backward(auto s) {
        using L = std::remove_cvref_t<decltype(s.dh[0])>;
        for (std::size_t k = 0; k < s.dh.size; ++k) {
            const L r = s.gate(0, k), z = s.gate(1, k), n = s.gate(2, k), dh = s.dh[k];
            const L dh_n = dh * (L(1) - z), da_n = dh_n * fma(-n, n, L(1));
            s.gate(0, k) = da_n * s.kept(0, k) * r * (L(1) - r);
            s.gate(1, k) = dh_n * (s.h_before[k] - n) * z;
            s.gate(2, k) = da_n * r;
            s.kept(0, k) = da_n;
            s.dh[k] = dh * z;
        }
    }
    // dm of all steps becomes da.
    static constexpr void input_gradient(auto gate, auto da_n) {
        for (std::size_t t = 0; t < gate.rows; ++t) std::copy_n(da_n.row(t).data, da_n.row(t).size, gate.row(t).row(2).data);
    }
};

template <std::size_t Inputs, std::size_t Hidden, Recurrent options = Recurrent{}>
    requires(detail::sound_recurrence<Inputs, Hidden, options>())
struct GRU : RecurrentLayer<GRUCell, Inputs, Hidden, options> {};

}  // namespace kiln
