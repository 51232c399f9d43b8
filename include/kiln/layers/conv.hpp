// Conv: PyTorch's Conv2d, a correlation of every group of input channels with the kernels of its output channels.
//
//     y[o][r][q] = b[o] + sum over i, j, k of W[o][i][j][k] x[i][r S + j D - P][q S + k D - P]
//     dx[i][r S + j D - P][q S + k D - P] = sum over o, and all r, j, q, k that meet there, of W[o][i][j][k] dy[o][r][q]
//     dW[o][i][j][k] += sum over r, q of dy[o][r][q] x[i][r S + j D - P][q S + k D - P]
//     db[o]          += sum over r, q of dy[o][r][q]
//
// with stride S, dilation D and padding P, in which x is 0.
//
//     x [Inputs, H, W]    W [Outputs, Inputs / groups, KH, KW]    b [Outputs]
//     y [Outputs, (H + 2 P - D (KH - 1) - 1) / S + 1, likewise W]
//
//     Conv<1, 6, 5>    Conv<16, 32, 3, 2, 1>
//     Conv<8, 8, Kernel{.height = 3, .width = 5, .dilation = 2, .groups = 8}, 1, Extent2{2, 4}>
#pragma once
#include <array>
#include "kiln/core/layer.hpp"
#include "kiln/kernels/convolution.hpp"
#include "kiln/layers/extent2.hpp"

namespace kiln {

// A convolution's kernel where a number does not say it all. It is a square unless a width is given.
struct Kernel {
    std::size_t height, width = height;
    Extent2 dilation = 1;
    std::size_t groups = 1;

    friend constexpr bool operator==(const Kernel&, const Kernel&) = default;
};

// What Conv takes: a Kernel, or its size.
struct KernelArgument : Kernel {
    constexpr KernelArgument(std::size_t size) : Kernel{size, size} {}
    constexpr KernelArgument(Extent2 size) : Kernel{size.height, size.width} {}
    constexpr KernelArgument(Kernel kernel) : Kernel{kernel} {}
};

namespace detail {
// The taps of all outputs along an axis that meet the image and not the padding.
constexpr std::size_t real_taps(std::size_t inputs, std::size_t outputs, std::size_t kernel, std::size_t stride,
                                std::size_t padding, std::size_t dilation) {
    std::size_t count = 0;
    for (std::size_t p = 0; p < outputs; ++p)
        for (std::size_t k = 0; k < kernel; ++k) {
            const std::size_t at = p * stride + k * dilation;
            count += padding <= at && at < inputs + padding ? 1 : 0;
        }
    return count;
}

// An error where the layer is named. (A static_assert in the layer itself draws more errors after it from clang.)
template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride>
consteval bool sound_convolution() {
    static_assert(Inputs > 0 && Outputs > 0, "Conv: it needs at least one input and one output channel");
    static_assert(K.height > 0 && K.width > 0, "Conv: the kernel is at least 1x1");
    static_assert(Stride.height > 0 && Stride.width > 0, "Conv: the stride is at least 1");
    static_assert(K.dilation.height > 0 && K.dilation.width > 0, "Conv: the dilation is at least 1");
    static_assert(K.groups > 0 && Inputs % K.groups == 0 && Outputs % K.groups == 0,
                  "Conv: the groups divide both the input and the output channels");
    return true;
}
}  // namespace detail

template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride = 1, Extent2 Padding = 0>
    requires(detail::sound_convolution<Inputs, Outputs, K, Stride>())
struct Conv {
    // "Conv<1,6,5>"; what is PyTorch's default is left out.
    static constexpr Text name() {
        Text t = text("Conv<", Inputs, ",", Outputs, ",", extent_text({K.height, K.width}));
        if (K.dilation != 1) t << " dilation " << extent_text(K.dilation);
        if (K.groups != 1) t << " groups " << K.groups;
        if (Stride != 1 || Padding != 0) t << "," << extent_text(Stride);
        if (Padding != 0) t << "," << extent_text(Padding);
        return text(t, ">");
    }
    template <class In> static constexpr Text expected() {
        if constexpr (In::rank != 3) return text("a ", Inputs, "xHxW image");
        else if constexpr (In::extents[0] != Inputs) return text(Inputs, Inputs == 1 ? " channel" : " channels");
        else
            return text("an image of at least ", least(K.height, K.dilation.height, Padding.height), "x",
                        least(K.width, K.dilation.width, Padding.width));
    }
    template <class In>
    static constexpr std::size_t output_height =
        convolution::output_extent(In::extents[1], K.height, Stride.height, Padding.height, K.dilation.height);
    template <class In>
    static constexpr std::size_t output_width =
        convolution::output_extent(In::extents[2], K.width, Stride.width, Padding.width, K.dilation.width);
    template <class In>
    static constexpr bool accepts = [] {
        if constexpr (In::rank != 3) return false;
        else return In::extents[0] == Inputs && output_height<In> > 0 && output_width<In> > 0;
    }();
    template <class In> using output_shape = Shape<Outputs, output_height<In>, output_width<In>>;
    static constexpr Known takes{.channels = Inputs}, gives{.channels = Outputs};

    using Parameters = Arrays<Parameter<"weight", Shape<Outputs, Inputs / K.groups, K.height, K.width>>,
                              Parameter<"bias", Shape<Outputs>>>;
    static constexpr Reads reads = Reads::x;
    static constexpr bool overwrites_gradient = true;

    static constexpr void init(auto parameters, auto&& draw) {  // PyTorch's default
        const auto [weight, bias] = parameters;
        const double bound = 1 / sqrt(static_cast<double>(Inputs / K.groups * K.height * K.width));
        draw.uniform(weight, bound);
        draw.uniform(bias, bound);
    }

    static constexpr void forward(auto tile) {
        const auto [weight, bias] = tile.parameters;
        convolution::forward<geometry>(weight, bias, tile.x, tile.y);
    }
    static constexpr void backward(auto tile) {
        const auto [weight, bias] = tile.parameters;
        const auto [dweight, dbias] = tile.gradient;
        if constexpr (tile.wants_gradient)
            convolution::parameter_gradient<geometry>(tile.x, tile.dy, dweight, dbias, tile.first_of_shard());
        if constexpr (tile.wants_dx) convolution::input_gradient<geometry>(weight, tile.dy, tile.dx);
    }

    template <class In>
    static constexpr std::size_t multiply_adds =
        Outputs * (Inputs / K.groups) *
        detail::real_taps(In::extents[1], output_height<In>, K.height, Stride.height, Padding.height,
                          K.dilation.height) *
        detail::real_taps(In::extents[2], output_width<In>, K.width, Stride.width, Padding.width, K.dilation.width);

private:
    static constexpr convolution::Geometry geometry{Stride.height,     Stride.width,     Padding.height, Padding.width,
                                                    K.dilation.height, K.dilation.width, K.groups};

    // The smallest image that the kernel fits in, along an axis.
    static constexpr std::size_t least(std::size_t kernel, std::size_t dilation, std::size_t padding) {
        const std::size_t reach = dilation * (kernel - 1) + 1;
        return reach > 2 * padding ? reach - 2 * padding : 1;
    }
};

}  // namespace kiln
