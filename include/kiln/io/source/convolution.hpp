// Conv, ConvTranspose and the layers of signals in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/linear.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/on_signal.hpp"

namespace kiln {

namespace source {
inline constexpr Function pad{"pad", R"(
// y [Channels][Height + 2 PH][Width + 2 PW] = x with zeros around it
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t PH, std::size_t PW>
constexpr void pad(const float* __restrict x, float* __restrict y) {
    constexpr std::size_t height = Height + 2 * PH, width = Width + 2 * PW;
    for (std::size_t i = 0; i < Channels * height * width; ++i) y[i] = 0;
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t r = 0; r < Height; ++r)
            for (std::size_t q = 0; q < Width; ++q) y[(c * height + r + PH) * width + q + PW] = x[(c * Height + r) * Width + q];
}
)"};
inline constexpr Function crop{"crop", R"(
// y [Channels][Height - 2 PH][Width - 2 PW] = x without its border
template <std::size_t Channels, std::size_t Height, std::size_t Width, std::size_t PH, std::size_t PW>
constexpr void crop(const float* __restrict x, float* __restrict y) {
    constexpr std::size_t height = Height - 2 * PH, width = Width - 2 * PW;
    for (std::size_t c = 0; c < Channels; ++c)
        for (std::size_t r = 0; r < height; ++r)
            for (std::size_t q = 0; q < width; ++q) y[(c * height + r) * width + q] = x[(c * Height + r + PH) * Width + q + PW];
}
)"};
inline constexpr Function conv{"conv", R"(
// The correlation of x [Inputs][Height][Width] with w [Outputs][Inputs / Groups][KH][KW], with strides S and dilations D. A row of the kernel
// goes over the whole image before the next, so that its taps stay in registers; of an even number of outputs two share what is read of x.
template <std::size_t Inputs, std::size_t Height, std::size_t Width, std::size_t Outputs, std::size_t KH, std::size_t KW, std::size_t SH,
          std::size_t SW, std::size_t DH, std::size_t DW, std::size_t Groups>
constexpr void conv(const float* __restrict x, const float* __restrict w, const float* __restrict b, float* __restrict y) {
    constexpr std::size_t rows = (Height - DH * (KH - 1) - 1) / SH + 1, columns = (Width - DW * (KW - 1) - 1) / SW + 1;
    constexpr std::size_t inputs = Inputs / Groups, outputs = Outputs / Groups, taps = inputs * KH * KW, step = outputs % 2 == 0 ? 2 : 1;
    for (std::size_t o = 0; o < Outputs; ++o)
        for (std::size_t p = 0; p < rows * columns; ++p) y[o * rows * columns + p] = b[o];
    for (std::size_t o = 0; o < Outputs; o += step)
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t j = 0; j < KH; ++j) {
                const float* const u = w + o * taps + (i * KH + j) * KW;
                for (std::size_t r = 0; r < rows; ++r) {
                    const float* const in = x + ((o / outputs * inputs + i) * Height + r * SH + j * DH) * Width;
                    float *const first = y + (o * rows + r) * columns, *const second = first + (step - 1) * rows * columns;
                    for (std::size_t q = 0; q < columns; ++q) {
                        float sum = first[q], other = second[q];
#if defined(__GNUC__)
#pragma GCC unroll 16  // so that g++ -O2 sees the loop around it as one of vectors
#endif
                        for (std::size_t k = 0; k < KW; ++k) {
                            sum += u[k] * in[q * SW + k * DW];
                            if (step == 2) other += u[taps + k] * in[q * SW + k * DW];
                        }
                        first[q] = sum;
                        if (step == 2) second[q] = other;
                    }
                }
            }
}
)"};
inline constexpr Function conv_transpose{"conv_transpose", R"(
// Every pixel of x [Inputs][Height][Width] adds its kernel w [Inputs][Outputs / Groups][KH][KW] to y [Outputs][OH][OW].
template <std::size_t Inputs, std::size_t Height, std::size_t Width, std::size_t Outputs, std::size_t OH, std::size_t OW, std::size_t KH,
          std::size_t KW, std::size_t SH, std::size_t SW, std::size_t DH, std::size_t DW, std::size_t Groups>
constexpr void conv_transpose(const float* __restrict x, const float* __restrict w, const float* __restrict b, float* __restrict y) {
    constexpr std::size_t outputs = Outputs / Groups;
    for (std::size_t o = 0; o < Outputs; ++o)
        for (std::size_t p = 0; p < OH * OW; ++p) y[o * OH * OW + p] = b[o];
    for (std::size_t i = 0; i < Inputs; ++i)
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t r = 0; r < Height; ++r)
                for (std::size_t j = 0; j < KH; ++j)
                    for (std::size_t k = 0; k < KW; ++k) {
                        float* const out = y + ((i / (Inputs / Groups) * outputs + o) * OH + r * SH + j * DH) * OW + k * DW;
                        const float tap = w[((i * outputs + o) * KH + j) * KW + k];
                        for (std::size_t q = 0; q < Width; ++q) out[q * SW] += tap * x[(i * Height + r) * Width + q];
                    }
}
)"};
}  // namespace source

template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride, Extent2 Padding>
struct Source<Conv<Inputs, Outputs, K, Stride, Padding>> {
    template <class In> static constexpr bool absorbs = true;
    template <class In> static void write(LayerSource& layer) {
        using Layer = Conv<Inputs, Outputs, K, Stride, Padding>;
        constexpr std::size_t taps = Inputs / K.groups * K.height * K.width;
        if constexpr (Layer::template covers<In>) {
            layer.call(source::linear, {1, taps, Outputs}, {layer.x, layer.transposed("weight", Outputs, taps), layer.bias(Outputs), layer.y});
        } else {
            const auto from = layer.numbers("weight");
            std::vector<double> weight(from.size());
            for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = from[i] * layer.scale(i / taps);

            constexpr std::size_t height = In::extents[1] + 2 * Padding.height, width = In::extents[2] + 2 * Padding.width;
            constexpr bool pixelwise = K.height * K.width == 1 && Stride == 1;  // an image is one row
            Region x = layer.x;
            if constexpr (Padding != 0) {
                x = layer.temporary(Inputs * height * width);
                layer.call(source::pad, {Inputs, In::extents[1], In::extents[2], Padding.height, Padding.width}, {layer.x, x});
            }
            layer.call(source::conv, {Inputs, pixelwise ? 1 : height, pixelwise ? height * width : width, Outputs, K.height, K.width, Stride.height, Stride.width,
                                      K.dilation.height, K.dilation.width, K.groups},
                       {x, layer.constant("weight", weight), layer.bias(Outputs), layer.y});
        }
    }
};

template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride, Extent2 Padding, Extent2 OutputPadding>
struct Source<ConvTranspose<Inputs, Outputs, K, Stride, Padding, OutputPadding>> {
    template <class In> static constexpr bool absorbs = true;
    template <class In> static void write(LayerSource& layer) {
        using Out = output_of<ConvTranspose<Inputs, Outputs, K, Stride, Padding, OutputPadding>, In>;
        constexpr std::size_t taps = K.height * K.width, outputs = Outputs / K.groups;
        const auto from = layer.numbers("weight");
        std::vector<double> weight(from.size());
        for (std::size_t i = 0; i < weight.size(); ++i)
            weight[i] = from[i] * layer.scale(i / taps % outputs + i / taps / outputs / (Inputs / K.groups) * outputs);

        // All that the kernels reach, of which the padding is cut off.
        constexpr std::size_t height = Out::extents[1] + 2 * Padding.height, width = Out::extents[2] + 2 * Padding.width;
        const Region y = Padding == 0 ? layer.y : layer.temporary(Outputs * height * width);
        layer.call(source::conv_transpose, {Inputs, In::extents[1], In::extents[2], Outputs, height, width, K.height, K.width, Stride.height, Stride.width,
                                            K.dilation.height, K.dilation.width, K.groups},
                   {layer.x, layer.constant("weight", weight), layer.bias(Outputs), y});
        if constexpr (Padding != 0) layer.call(source::crop, {Outputs, height, width, Padding.height, Padding.width}, {y, layer.y});
    }
};

// A layer of signals is written as its layer of images.
namespace detail {
template <class OfImages> OfImages of_images(const OnSignal<OfImages>&);
}
template <class Layer>
    requires requires(const Layer& layer) { detail::of_images(layer); }
struct Source<Layer> {
    using OfImages = decltype(detail::of_images(std::declval<const Layer&>()));
    template <class In> using Image = typename Layer::template Image<In>;
    template <class In> static constexpr bool absorbs = [] {
        if constexpr (requires { Source<OfImages>::template absorbs<Image<In>>; }) return Source<OfImages>::template absorbs<Image<In>>;
        else return false;
    }();
    template <class In> static void write(LayerSource& layer) { Source<OfImages>::template write<Image<In>>(layer); }
};

}  // namespace kiln
