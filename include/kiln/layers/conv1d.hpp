// Conv1d: PyTorch's Conv1d, a correlation of every group of input channels with the kernels of its output channels.
//
//     y[o][q] = b[o] + sum over i, k of W[o][i][k] x[i][q S + k D - P]
//     dx[i][q S + k D - P] = sum over o, and all q, k that meet there, of W[o][i][k] dy[o][q]
//     dW[o][i][k] += sum over q of dy[o][q] x[i][q S + k D - P]
//     db[o]       += sum over q of dy[o][q]
//
// with stride S, dilation D and padding P, in which x is 0.
//
//     x [Inputs, L]    W [Outputs, Inputs / groups, K]    b [Outputs]    y [Outputs, (L + 2 P - D (K - 1) - 1) / S + 1]
//
//     Conv1d<8, 16, 3, 2, 1>    Conv1d<8, 8, Kernel1d{.size = 3, .dilation = 2, .groups = 8, .bias = false}>
#pragma once
#include "kiln/layers/conv.hpp"
#include "kiln/layers/on_signal.hpp"

namespace kiln {

// A kernel of Conv1d where its size does not say it all.
struct Kernel1d {
    std::size_t size, dilation = 1, groups = 1;
    bool bias = true;

    friend constexpr bool operator==(const Kernel1d&, const Kernel1d&) = default;
};

// What Conv1d takes: a Kernel1d, or its size.
struct Kernel1dArgument : Kernel1d {
    constexpr Kernel1dArgument(std::size_t taps) : Kernel1d{taps} {}
    constexpr Kernel1dArgument(Kernel1d kernel) : Kernel1d{kernel} {}

    // The kernel that does the same on an image of height 1.
    constexpr Kernel of_images() const {
        return {.height = 1, .width = size, .dilation = {1, dilation}, .groups = groups, .bias = bias};
    }
};

template <std::size_t Inputs, std::size_t Outputs, Kernel1dArgument K, std::size_t Stride = 1, std::size_t Padding = 0>
struct Conv1d : OnSignal<Conv<Inputs, Outputs, K.of_images(), Extent2{1, Stride}, Extent2{0, Padding}>> {
    static constexpr Text name() {
        return detail::convolution_name("Conv1d", Inputs, Outputs,
                                        {.height = K.size, .dilation = K.dilation, .groups = K.groups, .bias = K.bias},
                                        Stride, Padding);
    }
    static constexpr Known gives{.channels = Outputs};

    template <class> using WithBias = Conv1d<Inputs, Outputs, Kernel1d{.size = K.size, .dilation = K.dilation, .groups = K.groups}, Stride, Padding>;
    static constexpr std::size_t channel(std::size_t weight) { return weight / (Inputs / K.groups * K.size); }

    using Parameters = WeightAndBias<Shape<Outputs, Inputs / K.groups, K.size>, Outputs, Bias{K.bias}>;
};

}  // namespace kiln
