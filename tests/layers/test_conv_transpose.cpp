#include <doctest/doctest.h>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::ConvTranspose, kiln::Extent2, kiln::Kernel, kiln::Shape;

namespace {
// x[i][r][q] adds to y[o][r S + j D - P][q S + k D - P] where that is a pixel.
struct Reference {
    std::size_t inputs, outputs, height, width;  // of x
    Kernel kernel;
    Extent2 stride = 1, padding = 0, output_padding = 0;

    void operator()(Sample& s) const {
        const std::size_t rows = (height - 1) * stride.height + kernel.dilation.height * (kernel.height - 1) + 1 +
                                 output_padding.height - 2 * padding.height;
        const std::size_t columns = (width - 1) * stride.width + kernel.dilation.width * (kernel.width - 1) + 1 +
                                    output_padding.width - 2 * padding.width;
        const std::size_t group_in = inputs / kernel.groups, group_out = outputs / kernel.groups;
        REQUIRE(s.y.size() == outputs * rows * columns);
        if (kernel.bias)
            for (std::size_t at = 0; at < s.y.size(); ++at) {
                s.y[at] = s.parameters[1][at / (rows * columns)];
                s.gradients[1][at / (rows * columns)] += s.dy[at];
            }
        for (std::size_t x = 0; x < s.x.size(); ++x)
            for (std::size_t o = 0; o < group_out; ++o)
                for (std::size_t j = 0; j < kernel.height; ++j)
                    for (std::size_t k = 0; k < kernel.width; ++k) {
                        const std::size_t i = x / (height * width);
                        const std::size_t row =
                            x / width % height * stride.height + j * kernel.dilation.height - padding.height;
                        const std::size_t column = x % width * stride.width + k * kernel.dilation.width - padding.width;
                        if (row >= rows || column >= columns) continue;  // below 0 wraps around
                        const std::size_t y = ((i / group_in * group_out + o) * rows + row) * columns + column;
                        const std::size_t w = ((i * group_out + o) * kernel.height + j) * kernel.width + k;
                        s.y[y] += s.parameters[0][w] * s.x[x];
                        s.dx[x] += s.parameters[0][w] * s.dy[y];
                        s.gradients[0][w] += s.dy[y] * s.x[x];
                    }
    }
};
}  // namespace

TEST_CASE("ConvTranspose: every lane, stride, padding and output padding") {
    check_layer_in_all_lanes<ConvTranspose<3, 5, 3, 2, 1, 1>, Shape<3, 4, 3>>(
        Reference{3, 5, 4, 3, {.height = 3}, 2, 1, 1});
}
TEST_CASE("ConvTranspose: the kernel alone") {
    check_layer<ConvTranspose<2, 3, 3>, Shape<2, 3, 4>>(Reference{2, 3, 3, 4, {.height = 3}});
    check_layer<ConvTranspose<5, 2, 1>, Shape<5, 2, 2>>(Reference{5, 2, 2, 2, {.height = 1}});
}
TEST_CASE("ConvTranspose: kernels that do not touch, so that some of y is the bias") {
    check_layer<ConvTranspose<2, 3, 2, 3, 0, 2>, Shape<2, 2, 3>>(Reference{2, 3, 2, 3, {.height = 2}, 3, 0, 2});
}
TEST_CASE("ConvTranspose: everything rectangular, with dilation") {
    check_layer<ConvTranspose<2, 3, Kernel{.height = 3, .width = 2, .dilation = Extent2{1, 3}}, Extent2{2, 1},
                              Extent2{1, 3}, Extent2{1, 2}>,
                Shape<2, 3, 5>>(
        Reference{2, 3, 3, 5, {.height = 3, .width = 2, .dilation = Extent2{1, 3}}, {2, 1}, {1, 3}, {1, 2}});
}
TEST_CASE("ConvTranspose: groups, down to one channel each, without a bias") {
    check_layer<ConvTranspose<4, 6, Kernel{.height = 3, .groups = 2, .bias = false}, 2, 1>, Shape<4, 3, 2>>(
        Reference{4, 6, 3, 2, {.height = 3, .groups = 2, .bias = false}, 2, 1});
    check_layer<ConvTranspose<3, 3, Kernel{.height = 2, .groups = 3}>, Shape<3, 2, 3>>(
        Reference{3, 3, 2, 3, {.height = 2, .groups = 3}});
}
TEST_CASE("ConvTranspose: padding that cuts off more than a kernel") {
    check_layer<ConvTranspose<1, 2, 2, 2, 2>, Shape<1, 3, 4>>(Reference{1, 2, 3, 4, {.height = 2}, 2, 2});
}

TEST_CASE("ConvTranspose: its shapes") {
    static_assert(std::is_same_v<kiln::output_of<ConvTranspose<16, 8, 2, 2>, Shape<16, 7, 7>>, Shape<8, 14, 14>>);
    static_assert(std::is_same_v<kiln::output_of<ConvTranspose<16, 8, 3, 2, 1, 1>, Shape<16, 7, 5>>, Shape<8, 14, 10>>);
    using Grouped = ConvTranspose<4, 6, Kernel{.height = 3, .width = 2, .groups = 2}>;
    static_assert(std::is_same_v<Grouped::Parameters::Element<0>, kiln::Parameter<"weight", Shape<4, 3, 3, 2>>>);
    static_assert(std::is_same_v<Grouped::Parameters::Element<1>, kiln::Parameter<"bias", Shape<6>>>);
    CHECK(!kiln::accepts<ConvTranspose<1, 2, 2, 2, 2>, Shape<1, 2, 9>>);
    CHECK(kiln::accepts<ConvTranspose<1, 2, 2, 2, 2>, Shape<1, 3, 9>>);
}

TEST_CASE("ConvTranspose: its words") {
    CHECK(ConvTranspose<16, 8, 2>::name().view() == "ConvTranspose<16,8,2>");
    CHECK(ConvTranspose<16, 8, 2, 2>::name().view() == "ConvTranspose<16,8,2,2>");
    CHECK(ConvTranspose<16, 8, 3, 2, 1>::name().view() == "ConvTranspose<16,8,3,2,1>");
    CHECK(ConvTranspose<16, 8, 3, 2, 0, 1>::name().view() == "ConvTranspose<16,8,3,2,0,1>");
    CHECK(ConvTranspose<3, 6, 5>::expected<Shape<784>>().view() == "a 3xHxW image");
    CHECK(ConvTranspose<3, 6, 5>::expected<Shape<1, 28, 28>>().view() == "3 channels");
    CHECK(ConvTranspose<1, 2, 2, 2, 2>::expected<Shape<1, 2, 9>>().view() == "an image of at least 3x3");
}

TEST_CASE("ConvTranspose: multiply-adds count the taps that meet a pixel") {
    static_assert(kiln::multiply_adds<ConvTranspose<2, 3, 3>, Shape<2, 4, 5>> == 2 * 3 * 9 * 4 * 5);
    static_assert(kiln::multiply_adds<ConvTranspose<2, 3, 3, 1, 1>, Shape<2, 4, 5>> ==
                  2 * 3 * (4 * 3 - 2) * (5 * 3 - 2));
    static_assert(kiln::multiply_adds<ConvTranspose<4, 6, Kernel{.height = 2, .groups = 2}, 2>, Shape<4, 3, 3>> ==
                  4 * 3 * 4 * 9);
}

TEST_CASE("ConvTranspose: starts as PyTorch's does, uniform within 1 / sqrt(outputs / groups x kernel)") {
    using Layer = ConvTranspose<64, 8, Kernel{.height = 5, .groups = 2}>;  // 4 * 25
    std::vector<float> numbers(Layer::Parameters::extent);
    kiln::start<Layer, Shape<64, 5, 5>>(numbers.data(), static_cast<float*>(nullptr), 1);
    const auto [weight, bias] = Layer::Parameters::views(numbers.data());
    const auto [least, most] = std::minmax_element(weight.begin(), weight.end());
    CHECK(*least >= -0.1F);
    CHECK(*least < -0.09F);
    CHECK(*most <= 0.1F);
    CHECK(*most > 0.09F);
    for (float v : bias) CHECK(std::abs(v) <= 0.1F);
}

static_assert(right_as_constant<ConvTranspose<2, 1, 2, 2>, Shape<2, 2, 2>>);
