// ConvTranspose: PyTorch's ConvTranspose2d, the adjoint of Conv: every pixel of x adds its kernel to y. With a stride the
// image grows.
//
//     y[o][r S + j D - P][q S + k D - P] = b[o] + sum over i, and all r, j, q, k that meet there, of W[i][o][j][k] x[i][r][q]
//     dx[i][r][q] = sum over o, j, k of W[i][o][j][k] dy[o][r S + j D - P][q S + k D - P]
//     dW[i][o][j][k] += sum over r, q of x[i][r][q] dy[o][r S + j D - P][q S + k D - P]
//     db[o]          += sum over r, q of dy[o][r][q]
//
// with stride S, dilation D and padding P, which is cut off on all sides. Where a stride makes images of several sizes equally
// large for Conv, OutputPadding adds rows at the bottom and columns at the right.
//
//     x [Inputs, H, W]    W [Inputs, Outputs / groups, KH, KW]    b [Outputs]
//     y [Outputs, (H - 1) S - 2 P + D (KH - 1) + OutputPadding + 1, likewise W]
//
//     ConvTranspose<16, 8, 2, 2>    ConvTranspose<16, 8, 3, 2, 1, 1>
#pragma once
#include "kiln/layers/conv.hpp"

namespace kiln {

namespace detail {
template <KernelArgument K, Extent2 Stride, Extent2 OutputPadding> consteval bool sound_output_padding() {
    static_assert((OutputPadding.height < Stride.height || OutputPadding.height < K.dilation.height) &&
                      (OutputPadding.width < Stride.width || OutputPadding.width < K.dilation.width),
                  "ConvTranspose: the output padding is less than the stride or the dilation");
    static_assert(K.algorithm == Algorithm::direct, "ConvTranspose has the direct algorithm only");
    return true;
}

// An axis of ConvTranspose's output, before the padding is cut off.
constexpr std::size_t transposed_extent(std::size_t input, std::size_t kernel, std::size_t stride, std::size_t dilation,
                                        std::size_t output_padding) {
    return (input - 1) * stride + reach(kernel, dilation) + output_padding;
}
// The smallest image of which the padding leaves something.
constexpr Extent2 smallest_transposed(const Kernel& k, Extent2 stride, Extent2 padding, Extent2 output_padding) {
    const auto along = [](std::size_t kernel, std::size_t step, std::size_t dilation, std::size_t pad,
                          std::size_t more) {
        const std::size_t of_one = transposed_extent(1, kernel, step, dilation, more);
        return of_one > 2 * pad ? 1 : (2 * pad - of_one) / step + 2;
    };
    return {along(k.height, stride.height, k.dilation.height, padding.height, output_padding.height),
            along(k.width, stride.width, k.dilation.width, padding.width, output_padding.width)};
}
}  // namespace detail

template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride = 1, Extent2 Padding = 0,
          Extent2 OutputPadding = 0>
    requires(detail::sound_convolution<Inputs, Outputs, K, Stride>() &&
             detail::sound_output_padding<K, Stride, OutputPadding>())
struct ConvTranspose : TakesImage<Inputs, detail::smallest_transposed(K, Stride, Padding, OutputPadding)> {
    static constexpr Text name() {
        return detail::convolution_name("ConvTranspose", Inputs, Outputs, K, Stride, Padding, OutputPadding);
    }
    template <class In>
    using output_shape =
        Shape<Outputs,
              detail::transposed_extent(In::extents[1], K.height, Stride.height, K.dilation.height,
                                        OutputPadding.height) -
                  2 * Padding.height,
              detail::transposed_extent(In::extents[2], K.width, Stride.width, K.dilation.width, OutputPadding.width) -
                  2 * Padding.width>;
    static constexpr Known gives{.channels = Outputs};

    static constexpr convolution::Geometry geometry = detail::geometry_of(K, Stride, Padding);
    using Weight = Shape<Inputs, Outputs / K.groups, K.height, K.width>;
    using Parameters = WeightAndBias<Weight, Outputs, Bias{K.bias}>;
    static constexpr Reads reads = Reads::x;
    static constexpr bool overwrites_gradient = true;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) {  // as PyTorch counts it, by the weight's second axis
        start_uniform(parameters, draw, Outputs / K.groups * K.height * K.width);
    }

    static constexpr void forward(auto tile) {
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        convolution::input_gradient<geometry>(weight, tile.x, tile.y, bias);
    }
    static constexpr void backward(auto tile) {
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        const auto [dweight, dbias] = weight_and_bias<Outputs>(tile.gradient);
        if constexpr (tile.wants_gradient) {
            convolution::weight_gradient<geometry>(tile.dy, tile.x, dweight, tile.first_of_shard());
            convolution::bias_gradient(tile.dy, dbias, tile.first_of_shard());
        }
        constexpr View<Shape<Inputs>, const typename decltype(tile)::T> no_bias{nullptr};
        if constexpr (tile.wants_dx) convolution::forward<geometry>(weight, no_bias, tile.dy, tile.dx);
    }

    template <class> using WithBias = ConvTranspose<Inputs, Outputs, detail::with_bias(K), Stride, Padding, OutputPadding>;
    static constexpr std::size_t channel(std::size_t weight) {
        constexpr std::size_t own = Outputs / K.groups, input = own * K.height * K.width;  // weights of an input channel
        return weight / input / (Inputs / K.groups) * own + weight % input / (K.height * K.width);
    }

    template <class In>
    static constexpr std::size_t multiply_adds = convolution::multiply_adds<geometry, Weight, output_shape<In>, In>;
    template <class In, class> static constexpr Text plan() {
        return convolution::input_gradient_plan<geometry, Weight, output_shape<In>, In>();
    }
};

}  // namespace kiln
