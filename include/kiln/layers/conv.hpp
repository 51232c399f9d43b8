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
//     Conv<8, 8, Kernel{.height = 3, .width = 5, .dilation = 2, .groups = 8, .bias = false}, 1, Extent2{2, 4}>
//     Conv<64, 64, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>
//
// Winograd's algorithm takes a quarter of the multiplications of a 3x3 kernel, and rounds more: see kernels/winograd.hpp, and measure
// before choosing it for less than 16 channels.
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/kernels/affine.hpp"
#include "kiln/kernels/convolution.hpp"
#include "kiln/kernels/image_convolution.hpp"
#include "kiln/kernels/winograd.hpp"
#include "kiln/layers/bias.hpp"
#include "kiln/layers/image.hpp"

namespace kiln {

// How a convolution is computed.
enum class Algorithm { direct, winograd };

// A convolution's kernel where a number does not say it all. It is a square unless a width is given.
struct Kernel {
    std::size_t height, width = height;
    Extent2 dilation = 1;
    std::size_t groups = 1;
    bool bias = true;
    Algorithm algorithm = Algorithm::direct;

    friend constexpr bool operator==(const Kernel&, const Kernel&) = default;
};

// What Conv takes: a Kernel, or its size.
struct KernelArgument : Kernel {
    constexpr KernelArgument(std::size_t size) : Kernel{size, size} {}
    constexpr KernelArgument(Extent2 size) : Kernel{size.height, size.width} {}
    constexpr KernelArgument(Kernel kernel) : Kernel{kernel} {}
};

namespace detail {
// An error where the layer is named. (A static_assert in the layer itself draws more errors after it from clang.)
template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride>
consteval bool sound_convolution() {
    static_assert(Inputs > 0 && Outputs > 0, "a convolution needs at least one input and one output channel");
    static_assert(K.height > 0 && K.width > 0, "a convolution's kernel is at least 1x1");
    static_assert(Stride.height > 0 && Stride.width > 0, "a convolution's stride is at least 1");
    static_assert(K.dilation.height > 0 && K.dilation.width > 0, "a convolution's dilation is at least 1");
    static_assert(K.groups > 0 && Inputs % K.groups == 0 && Outputs % K.groups == 0,
                  "a convolution's groups divide both its input and its output channels");
    static_assert(K.algorithm == Algorithm::direct || (K.height == K.width && K.height >= 2 && K.height <= 5 && Stride == 1 && K.dilation == 1 && K.groups == 1),
                  "Winograd's algorithm is for kernels of 2x2 to 5x5 with stride 1, dilation 1 and one group; use Algorithm::direct");
    return true;
}

// How many pixels a kernel spans along an axis.
constexpr std::size_t reach(std::size_t kernel, std::size_t dilation) { return dilation * (kernel - 1) + 1; }

// The smallest image that a convolution's kernel fits in.
constexpr Extent2 smallest_image(const Kernel& k, Extent2 padding) {
    const auto along = [](std::size_t size, std::size_t dilation, std::size_t pad) {
        return reach(size, dilation) > 2 * pad ? reach(size, dilation) - 2 * pad : 1;
    };
    return {along(k.height, k.dilation.height, padding.height), along(k.width, k.dilation.width, padding.width)};
}

// "Conv<1,6,5>"; what is PyTorch's default is left out.
constexpr Text convolution_name(const char* layer, std::size_t inputs, std::size_t outputs, const Kernel& k,
                                Extent2 stride, Extent2 padding, Extent2 output_padding = 0) {
    Text t = text(layer, "<", inputs, ",", outputs, ",", extent_text({k.height, k.width}));
    if (k.dilation != 1) t << " dilation " << extent_text(k.dilation);
    if (k.groups != 1) t << " groups " << k.groups;
    if (!k.bias) t << " no bias";
    if (k.algorithm == Algorithm::winograd) t << " winograd";
    if (stride != 1 || padding != 0 || output_padding != 0) t << "," << extent_text(stride);
    if (padding != 0 || output_padding != 0) t << "," << extent_text(padding);
    if (output_padding != 0) t << "," << extent_text(output_padding);
    return text(t, ">");
}

constexpr Kernel with_bias(Kernel k) {
    k.bias = true;
    return k;
}

constexpr convolution::Geometry geometry_of(const Kernel& k, Extent2 stride, Extent2 padding) {
    return {stride.height, stride.width, padding.height, padding.width, k.dilation.height, k.dilation.width, k.groups};
}
}  // namespace detail

template <std::size_t Inputs, std::size_t Outputs, KernelArgument K, Extent2 Stride = 1, Extent2 Padding = 0>
    requires(detail::sound_convolution<Inputs, Outputs, K, Stride>())
struct Conv : TakesImage<Inputs, detail::smallest_image(K, Padding)> {
    static constexpr Text name() { return detail::convolution_name("Conv", Inputs, Outputs, K, Stride, Padding); }
    template <class In>
    using output_shape =
        Shape<Outputs,
              convolution::output_extent(In::extents[1], K.height, Stride.height, Padding.height, K.dilation.height),
              convolution::output_extent(In::extents[2], K.width, Stride.width, Padding.width, K.dilation.width)>;
    static constexpr Known gives{.channels = Outputs};

    static constexpr convolution::Geometry geometry = detail::geometry_of(K, Stride, Padding);
    using Weight = Shape<Outputs, Inputs / K.groups, K.height, K.width>;
    using Parameters = WeightAndBias<Weight, Outputs, Bias{K.bias}>;
    static constexpr Reads reads = Reads::x;
    static constexpr bool overwrites_gradient = true;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) {
        start_uniform(parameters, draw, Inputs / K.groups * K.height * K.width);
    }

    // A kernel that covers the whole image is an affine map of it, whose weights lie in the same order.
    template <class In>
    static constexpr bool covers = In::extents[1] == K.height && In::extents[2] == K.width && Padding == 0 && K.groups == 1;
    using Row = Shape<1, Inputs * K.height * K.width>;
    using Matrix = Shape<Outputs, Row::size>;
    template <class In> static constexpr bool transforms = K.algorithm == Algorithm::winograd && !covers<In>;
    template <class In> static consteval auto scratch() {
        if constexpr (covers<In>) return Arrays<affine::Scratch<1, Row::size, Outputs>>{};
        else if constexpr (transforms<In>) return Arrays<winograd::Scratch<Weight, In, output_shape<In>>>{};
        else return Arrays<>{};
    }
    template <class In> using Scratch = decltype(scratch<In>());

    static constexpr void forward(auto tile) {
        using In = typename decltype(tile)::In;
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        if constexpr (covers<In>) affine::forward(reshape<Matrix>(weight), bias, reshape<Row>(tile.x), reshape<Shape<1, Outputs>>(tile.y));
        else if constexpr (transforms<In>) winograd::forward(weight, bias, tile.x, tile.y, std::get<0>(tile.scratch));
        else convolution::forward<geometry>(weight, bias, tile.x, tile.y);
    }
    static constexpr void backward(auto tile) {
        using In = typename decltype(tile)::In;
        const auto [weight, bias] = weight_and_bias<Outputs>(tile.parameters);
        const auto [dweight, dbias] = weight_and_bias<Outputs>(tile.gradient);
        if constexpr (covers<In>) {
            const auto dy = reshape<Shape<1, Outputs>>(tile.dy);
            if constexpr (tile.wants_gradient)
                affine::parameter_gradient(reshape<Row>(tile.x), dy, reshape<Matrix>(dweight), dbias, std::get<0>(tile.scratch), tile.first_of_shard());
            if constexpr (tile.wants_dx) affine::input_gradient(reshape<Matrix>(weight), dy, reshape<Row>(tile.dx));
        } else {
            if constexpr (tile.wants_gradient) {
                if constexpr (transforms<In>) winograd::weight_gradient(tile.x, tile.dy, dweight, std::get<0>(tile.scratch), tile.first_of_shard());
                else convolution::weight_gradient<geometry>(tile.x, tile.dy, dweight, tile.first_of_shard());
                convolution::bias_gradient(tile.dy, dbias, tile.first_of_shard());
            }
            if constexpr (tile.wants_dx && transforms<In>) winograd::input_gradient(weight, tile.dy, tile.dx, std::get<0>(tile.scratch));
            else if constexpr (tile.wants_dx) convolution::input_gradient<geometry>(weight, tile.dy, tile.dx);
        }
    }

    template <class> using WithBias = Conv<Inputs, Outputs, detail::with_bias(K), Stride, Padding>;
    static constexpr std::size_t channel(std::size_t weight) { return weight / (Inputs / K.groups * K.height * K.width); }

    template <class In> using Plan = image_convolution::Plan<geometry, Weight, In, output_shape<In>>;
    template <class In, class T> using Packed = typename Plan<In>::template Packed<T>;
    template <class In> using OneSampleScratch = typename Plan<In>::Scratch;
    template <class In> static void pack(auto parameters, auto, auto packed) {
        const auto [weight, bias] = weight_and_bias<Outputs>(parameters);
        image_convolution::pack<Plan<In>>(weight.data, bias.data, std::get<0>(packed).data, std::get<1>(packed).data);
    }
    static void one_sample(auto tile) {
        const auto [weights, biases] = tile.packed;
        const auto [copied, products] = tile.scratch;
        image_convolution::forward<geometry, Plan<typename decltype(tile)::In>>(weights.data, biases.data, tile.x, tile.y, copied.data, products.data);
    }

    template <class In>
    static constexpr std::size_t multiply_adds = convolution::multiply_adds<geometry, Weight, In, output_shape<In>>;
    template <class In, class L> static constexpr Text plan() {
        if constexpr (covers<In>) return affine::plan<1, Outputs, L>();
        else if constexpr (transforms<In>) return winograd::plan<Weight, In, output_shape<In>>();
        else return convolution::forward_plan<geometry, Weight, In, output_shape<In>>();
    }
};

}  // namespace kiln
