// Linear in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/layers/linear.hpp"

namespace kiln {

namespace source {
inline constexpr Function linear{"linear", R"(
// y = W x + b for every row of x. w [Inputs][Outputs]: the weights of one input lie side by side, and four inputs share a visit of y.
template <std::size_t Rows, std::size_t Inputs, std::size_t Outputs>
constexpr void linear(const float* __restrict x, const float* __restrict w, const float* __restrict b, float* __restrict y) {
    for (std::size_t r = 0; r < Rows; ++r) {
        const float *in = x + r * Inputs, *row = w;
        float* const out = y + r * Outputs;
        for (std::size_t o = 0; o < Outputs; ++o) out[o] = b[o];
        for (std::size_t i = 0; i < Inputs / 4 * 4; i += 4, row += 4 * Outputs)
            for (std::size_t o = 0; o < Outputs; ++o)
                out[o] += in[i] * row[o] + in[i + 1] * row[Outputs + o] + in[i + 2] * row[2 * Outputs + o] + in[i + 3] * row[3 * Outputs + o];
        for (std::size_t i = Inputs / 4 * 4; i < Inputs; ++i, row += Outputs)
            for (std::size_t o = 0; o < Outputs; ++o) out[o] += in[i] * row[o];
    }
}
)"};
}  // namespace source

template <std::size_t Inputs, std::size_t Outputs, Bias bias> struct Source<Linear<Inputs, Outputs, bias>> {
    template <class In> static constexpr bool absorbs = In::size == Inputs && In::rank == 1;  // else channels are rows
    template <class In> static void write(LayerSource& layer) {
        layer.call(source::linear, {In::size / Inputs, Inputs, Outputs}, {layer.x, layer.transposed("weight", Outputs, Inputs), layer.bias(Outputs), layer.y});
    }
};

}  // namespace kiln
