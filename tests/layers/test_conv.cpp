#include <doctest/doctest.h>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/conv.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Algorithm, kiln::Conv, kiln::Extent2, kiln::Kernel, kiln::Shape;

namespace {
// Seven plain loops. y[o][r][q] meets x[i][r S + j D - P][q S + k D - P] where that is a pixel.
struct Reference {
    std::size_t inputs, outputs, height, width;  // of x
    Kernel kernel;
    Extent2 stride, padding;

    void operator()(Sample& s) const {
        const std::size_t rows = extent(height, kernel.height, stride.height, padding.height, kernel.dilation.height);
        const std::size_t columns = extent(width, kernel.width, stride.width, padding.width, kernel.dilation.width);
        const std::size_t group_in = inputs / kernel.groups, group_out = outputs / kernel.groups;
        REQUIRE(s.y.size() == outputs * rows * columns);
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t q = 0; q < columns; ++q) {
                    const std::size_t at = (o * rows + r) * columns + q;
                    if (kernel.bias) {
                        s.y[at] = s.parameters[1][o];
                        s.gradients[1][o] += s.dy[at];
                    }
                    for (std::size_t i = 0; i < group_in; ++i)
                        for (std::size_t j = 0; j < kernel.height; ++j)
                            for (std::size_t k = 0; k < kernel.width; ++k) {
                                const std::size_t row = r * stride.height + j * kernel.dilation.height - padding.height;
                                const std::size_t column = q * stride.width + k * kernel.dilation.width - padding.width;
                                if (row >= height || column >= width) continue;  // below 0 wraps around
                                const std::size_t x = ((o / group_out * group_in + i) * height + row) * width + column;
                                const std::size_t w = ((o * group_in + i) * kernel.height + j) * kernel.width + k;
                                s.y[at] += s.parameters[0][w] * s.x[x];
                                s.dx[x] += s.parameters[0][w] * s.dy[at];
                                s.gradients[0][w] += s.dy[at] * s.x[x];
                            }
                }
    }
    static std::size_t extent(std::size_t input, std::size_t size, std::size_t step, std::size_t pad,
                              std::size_t dilation) {
        return (input + 2 * pad - dilation * (size - 1) - 1) / step + 1;
    }
};
}  // namespace

TEST_CASE("Conv: every lane, odd channels, stride and padding") {
    check_layer_in_all_lanes<Conv<3, 5, 3, 2, 1>, Shape<3, 7, 9>>(Reference{3, 5, 7, 9, {.height = 3}, 2, 1});
}
TEST_CASE("Conv: the kernel alone") {
    check_layer<Conv<1, 6, 5>, Shape<1, 9, 8>>(Reference{1, 6, 9, 8, {.height = 5}, 1, 0});
}
TEST_CASE("Conv: one pixel") { check_layer<Conv<7, 3, 1>, Shape<7, 3, 2>>(Reference{7, 3, 3, 2, {.height = 1}, 1, 0}); }
TEST_CASE("Conv: a stride that leaves pixels out") {
    check_layer<Conv<2, 3, 2, 3>, Shape<2, 7, 9>>(Reference{2, 3, 7, 9, {.height = 2}, 3, 0});
}
TEST_CASE("Conv: a kernel larger than the image it is padded to") {
    check_layer<Conv<2, 2, 5, 1, 2>, Shape<2, 2, 3>>(Reference{2, 2, 2, 3, {.height = 5}, 1, 2});
}
TEST_CASE("Conv: everything rectangular, with dilation") {
    check_layer<Conv<2, 3, Kernel{.height = 3, .width = 2, .dilation = Extent2{1, 3}}, Extent2{2, 1}, Extent2{1, 3}>,
                Shape<2, 6, 5>>(
        Reference{2, 3, 6, 5, {.height = 3, .width = 2, .dilation = Extent2{1, 3}}, {2, 1}, {1, 3}});
}
TEST_CASE("Conv: groups, down to one channel each") {
    check_layer<Conv<4, 6, Kernel{.height = 3, .groups = 2}, 1, 1>, Shape<4, 5, 3>>(
        Reference{4, 6, 5, 3, {.height = 3, .groups = 2}, 1, 1});
    check_layer<Conv<3, 3, Kernel{.height = 2, .groups = 3}, 2>, Shape<3, 5, 4>>(
        Reference{3, 3, 5, 4, {.height = 2, .groups = 3}, 2, 0});
}
TEST_CASE("Conv: a kernel that covers the image") {
    check_layer<Conv<3, 5, Kernel{.height = 4, .width = 3}>, Shape<3, 4, 3>>(Reference{3, 5, 4, 3, {.height = 4, .width = 3}, 1, 0});
    check_layer<Conv<2, 7, Kernel{.height = 2, .bias = false}>, Shape<2, 2, 2>>(Reference{2, 7, 2, 2, {.height = 2, .bias = false}, 1, 0});
}

// Its roundings count by the growth of its transforms, at most 2844 for a 3x3 kernel, and there are at most 130 of them one after another
// (tests/kernels/test_winograd.cpp).
TEST_CASE("Conv: by Winograd's algorithm") {
    constexpr Precision transforms{.ulps = 2844 * 130 / 2};
    check_layer_in_all_lanes<Conv<3, 5, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>, Shape<3, 7, 9>>(
        Reference{3, 5, 7, 9, {.height = 3}, 1, 1}, transforms);
    check_layer<Conv<2, 3, Kernel{.height = 3, .bias = false, .algorithm = Algorithm::winograd}, 1, Extent2{1, 0}>, Shape<2, 6, 5>>(
        Reference{2, 3, 6, 5, {.height = 3, .bias = false}, 1, {1, 0}}, transforms);
    check_layer<Conv<2, 3, Kernel{.height = 3, .algorithm = Algorithm::winograd}>, Shape<2, 3, 3>>(Reference{2, 3, 3, 3, {.height = 3}, 1, 0});  // covered
}

TEST_CASE("Conv: without a bias there is no parameter for one") {
    using Layer = Conv<2, 3, Kernel{.height = 3, .bias = false}, 2, 1>;
    static_assert(Layer::Parameters::count == 1);
    check_layer<Layer, Shape<2, 5, 4>>(Reference{2, 3, 5, 4, {.height = 3, .bias = false}, 2, 1});
}

// Made by PyTorch 1.13.0:
//     x = (torch.arange(18.) % 5 - 2).reshape(1, 2, 3, 3); w = ((torch.arange(36.) % 7 - 3) / 4).reshape(2, 2, 3, 3)
//     y = F.conv2d(x, w, torch.tensor([0.5, -1]), stride=2, padding=1); y.backward((torch.arange(8.) % 3 - 1).reshape(y.shape))
TEST_CASE_TEMPLATE("Conv: PyTorch's values", T, float, double) {
    std::vector<T> x(18), w(36), dy(8);
    for (std::size_t i = 0; i < 18; ++i) x[i] = static_cast<T>(i % 5) - 2;
    for (std::size_t i = 0; i < 36; ++i) w[i] = (static_cast<T>(i % 7) - 3) / 4;
    for (std::size_t i = 0; i < 8; ++i) dy[i] = static_cast<T>(i % 3) - 1;
    const auto run = run_layer<Conv<2, 2, 3, 2, 1>, Shape<2, 3, 3>, kiln::native_width<T>>({w, {T(0.5), -1}}, x, dy);
    check_all_close<T>(run.y, std::vector<double>{0.75, 0.75, -1.25, -0.5, 0.25, 1.75, 0.75, -2.5});
    check_all_close<T>(run.dx, std::vector<double>{-0.25, -1.25, -0.5, -0.25, 0.25, 0.75, 0.75, 0.75, -0.25, -0.75, 0.5,
                                                   0, 1, 1.5, 0.75, 0.75, -1.5, -0.75});
    check_all_close<T>(run.gradients[0],
                       std::vector<double>{-2, 3,  2,  0,  0, 1, 0, -1, -2, -1, -2, 1,  1,  -4, 1, 0, 0, -1,
                                           0,  -1, -2, -1, 1, 0, 2, -2, 0,  0,  0,  -1, -2, 1,  1, 1, 2, 0});
    check_all_close<T>(run.gradients[1], std::vector<double>{-1, 0});
}

TEST_CASE("Conv: its name shows what is not PyTorch's default") {
    CHECK(Conv<1, 6, 5>::name().view() == "Conv<1,6,5>");
    CHECK(Conv<1, 6, 5, 2>::name().view() == "Conv<1,6,5,2>");
    CHECK(Conv<1, 6, 5, 1, 2>::name().view() == "Conv<1,6,5,1,2>");
    CHECK(Conv<4, 8, Kernel{.height = 3, .width = 5, .dilation = 2, .groups = 4}, Extent2{1, 2}, 1>::name().view() ==
          "Conv<4,8,3x5 dilation 2 groups 4,1x2,1>");
    CHECK(Conv<4, 8, Kernel{.height = 3, .bias = false}>::name().view() == "Conv<4,8,3 no bias>");
    CHECK(Conv<4, 8, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>::name().view() == "Conv<4,8,3 winograd,1,1>");
}

TEST_CASE("Conv: says what it wants of an input that does not fit") {
    CHECK(Conv<3, 6, 5>::expected<Shape<784>>().view() == "a 3xHxW image");
    CHECK(Conv<3, 6, 5>::expected<Shape<1, 28, 28>>().view() == "3 channels");
    CHECK(Conv<1, 6, 5>::expected<Shape<2, 28, 28>>().view() == "1 channel");
    CHECK(Conv<3, 6, 5>::expected<Shape<3, 4, 28>>().view() == "an image of at least 5x5");
    CHECK(Conv<3, 6, Kernel{.height = 3, .width = 5, .dilation = 2}, 1, 1>::expected<Shape<3, 4, 4>>().view() ==
          "an image of at least 3x7");
    CHECK(!Conv<3, 6, Kernel{.height = 3, .width = 5, .dilation = 2}, 1, 1>::accepts<Shape<3, 3, 6>>);
    CHECK(Conv<3, 6, Kernel{.height = 3, .width = 5, .dilation = 2}, 1, 1>::accepts<Shape<3, 3, 7>>);
}

TEST_CASE("Conv: multiply-adds count the taps that meet a pixel") {
    static_assert(kiln::multiply_adds<Conv<1, 6, 5>, Shape<1, 28, 28>> == 6 * 24 * 24 * 25);
    static_assert(kiln::multiply_adds<Conv<2, 3, 3, 1, 1>, Shape<2, 4, 5>> == 2 * 3 * (4 * 3 - 2) * (5 * 3 - 2));
    static_assert(kiln::multiply_adds<Conv<4, 6, Kernel{.height = 1, .groups = 2}, 2>, Shape<4, 5, 5>> == 6 * 2 * 9);
    CHECK(kiln::multiply_adds<Conv<16, 16, 3, 1, 1>, Shape<16, 1, 1>> == 256);
}

TEST_CASE("Conv: starts as PyTorch's does, uniform within 1 / sqrt(fan in)") {
    using Layer = Conv<8, 64, Kernel{.height = 5, .groups = 2}>;  // fan in 4 * 25
    std::vector<float> numbers(Layer::Parameters::extent);
    kiln::Draw draw{1};
    Layer::init(Layer::Parameters::views(numbers.data()), draw);
    kiln::visit<Layer::Parameters>(numbers.data(), [](const std::string& name, auto view) {
        CAPTURE(name);
        const auto [least, most] = std::minmax_element(view.begin(), view.end());
        CHECK(*least >= -0.1F);
        CHECK(*least < -0.09F);
        CHECK(*most <= 0.1F);
        CHECK(*most > 0.09F);
    });
}

static_assert(right_as_constant<Conv<2, 1, 3, 1, 1>, Shape<2, 3, 3>>);
static_assert(right_as_constant<Conv<1, 2, 2, 2>, Shape<1, 5, 4>>);
static_assert(right_as_constant<Conv<1, 1, Kernel{.height = 3, .algorithm = Algorithm::winograd}, 1, 1>, Shape<1, 3, 3>>);
