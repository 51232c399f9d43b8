#include "kiln/kernels/image_convolution.hpp"
#include <doctest/doctest.h>
#include <cmath>
#include <vector>

namespace {
using kiln::Shape;
using kiln::View;

// Against the sums as they are written, in double; nothing behind y is written.
template <kiln::convolution::Geometry g, class Weight, class In, class T> void agrees_with_reference(bool in_pixels) {
    using kiln::convolution::output_extent;
    using Out = Shape<Weight::extents[0], output_extent(In::extents[1], Weight::extents[2], g.stride_height, g.padding_height, g.dilation_height),
                      output_extent(In::extents[2], Weight::extents[3], g.stride_width, g.padding_width, g.dilation_width)>;
    using Plan = kiln::image_convolution::Plan<g, Weight, In, Out>;
    if (kiln::native_width<float> == 8) CHECK(Plan::in_pixels == in_pixels);
    const auto some = [](std::size_t count, double step) {
        std::vector<T> x(count);
        for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(std::sin(step * static_cast<double>(i + 1)));
        return x;
    };
    const auto w = some(Weight::size, 1.3), b = some(Out::extents[0], 0.7), x = some(In::size, 2.1);
    using Packed = typename Plan::template Packed<T>;
    std::vector<T> packed(Packed::extent), scratch(Plan::Scratch::extent + 1), y(Out::size + 1, T(99));
    const auto [weights, biases] = Packed::views(packed.data());
    const auto [copied, products] = Plan::Scratch::views(scratch.data());
    kiln::image_convolution::pack<Plan>(w.data(), b.data(), weights.data, biases.data);
    kiln::image_convolution::forward<g, Plan>(static_cast<const T*>(weights.data), static_cast<const T*>(biases.data), View<In, const T>{x.data()}, View<Out, T>{y.data()},
                                              copied.data, products.data);
    constexpr std::size_t group_out = Out::extents[0] / g.groups, group_in = Weight::extents[1];
    bool agrees = true;
    for (std::size_t o = 0; o < Out::extents[0]; ++o)
        for (std::size_t r = 0; r < Out::extents[1]; ++r)
            for (std::size_t q = 0; q < Out::extents[2]; ++q) {
                double sum = static_cast<double>(b[o]), terms = 1;
                for (std::size_t i = 0; i < group_in; ++i)
                    for (std::size_t j = 0; j < Weight::extents[2]; ++j)
                        for (std::size_t k = 0; k < Weight::extents[3]; ++k) {
                            const std::size_t row = r * g.stride_height + j * g.dilation_height - g.padding_height;  // wraps where it is above
                            const std::size_t column = q * g.stride_width + k * g.dilation_width - g.padding_width;
                            if (row >= In::extents[1] || column >= In::extents[2]) continue;
                            sum += static_cast<double>(w[Weight::offset(o, i, j, k)]) * static_cast<double>(x[In::offset(o / group_out * group_in + i, row, column)]);
                            ++terms;
                        }
                agrees = agrees && std::abs(static_cast<double>(y[Out::offset(o, r, q)]) - sum) <= static_cast<double>(std::numeric_limits<T>::epsilon()) * (terms + 1);
            }
    CHECK(agrees);
    CHECK(y[Out::size] == T(99));
}
template <class T> void every_shape() {
    agrees_with_reference<{}, Shape<6, 1, 5, 5>, Shape<1, 28, 28>, T>(true);
    agrees_with_reference<{}, Shape<13, 3, 2, 3>, Shape<3, 9, 13>, T>(true);  // a last register that overlaps
    agrees_with_reference<{.padding_height = 1, .padding_width = 2}, Shape<3, 2, 3, 3>, Shape<2, 7, 18>, T>(true);
    agrees_with_reference<{.stride_height = 2, .dilation_height = 2, .dilation_width = 3}, Shape<2, 1, 2, 3>, Shape<1, 9, 22>, T>(true);
    agrees_with_reference<{.groups = 4}, Shape<4, 1, 3, 3>, Shape<4, 6, 18>, T>(true);
    agrees_with_reference<{}, Shape<3, 8, 1, 1>, Shape<8, 5, 7>, T>(true);   // one long row
    agrees_with_reference<{}, Shape<2, 2, 1, 9>, Shape<2, 1, 60>, T>(true);  // a signal
    agrees_with_reference<{.stride_height = 4, .stride_width = 4}, Shape<24, 1, 4, 4>, Shape<1, 12, 16>, T>(false);
    agrees_with_reference<{}, Shape<20, 3, 4, 4>, Shape<3, 4, 4>, T>(false);  // one pixel
    agrees_with_reference<{.stride_width = 2, .padding_height = 1, .padding_width = 1, .groups = 2}, Shape<16, 2, 3, 3>, Shape<4, 5, 6>, T>(false);
}
}  // namespace

TEST_CASE("image_convolution: the plain sums, pixels or channels in lanes") {
    every_shape<float>();
    every_shape<double>();
}
