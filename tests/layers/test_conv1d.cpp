#include <doctest/doctest.h>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/conv1d.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Conv1d, kiln::Kernel1d, kiln::Shape;

namespace {
// y[o][q] meets x[i][q S + k D - P] where that is a number.
struct Reference {
    std::size_t inputs, outputs, length;
    Kernel1d kernel;
    std::size_t stride = 1, padding = 0;

    void operator()(Sample& s) const {
        const std::size_t columns = (length + 2 * padding - kernel.dilation * (kernel.size - 1) - 1) / stride + 1;
        const std::size_t group_in = inputs / kernel.groups, group_out = outputs / kernel.groups;
        REQUIRE(s.y.size() == outputs * columns);
        for (std::size_t o = 0; o < outputs; ++o)
            for (std::size_t q = 0; q < columns; ++q) {
                const std::size_t at = o * columns + q;
                if (kernel.bias) {
                    s.y[at] = s.parameters[1][o];
                    s.gradients[1][o] += s.dy[at];
                }
                for (std::size_t i = 0; i < group_in; ++i)
                    for (std::size_t k = 0; k < kernel.size; ++k) {
                        const std::size_t column = q * stride + k * kernel.dilation - padding;
                        if (column >= length) continue;  // below 0 wraps around
                        const std::size_t x = (o / group_out * group_in + i) * length + column;
                        const std::size_t w = (o * group_in + i) * kernel.size + k;
                        s.y[at] += s.parameters[0][w] * s.x[x];
                        s.dx[x] += s.parameters[0][w] * s.dy[at];
                        s.gradients[0][w] += s.dy[at] * s.x[x];
                    }
            }
    }
};
}  // namespace

TEST_CASE("Conv1d: every lane, stride and padding") {
    check_layer_in_all_lanes<Conv1d<3, 5, 3, 2, 1>, Shape<3, 9>>(Reference{3, 5, 9, {.size = 3}, 2, 1});
}
TEST_CASE("Conv1d: the kernel alone, and one number of it") {
    check_layer<Conv1d<1, 6, 5>, Shape<1, 11>>(Reference{1, 6, 11, {.size = 5}});
    check_layer<Conv1d<7, 3, 1>, Shape<7, 4>>(Reference{7, 3, 4, {.size = 1}});
}
TEST_CASE("Conv1d: dilation, groups, no bias") {
    check_layer<Conv1d<4, 6, Kernel1d{.size = 3, .dilation = 2, .groups = 2, .bias = false}, 1, 2>, Shape<4, 8>>(
        Reference{4, 6, 8, {.size = 3, .dilation = 2, .groups = 2, .bias = false}, 1, 2});
    check_layer<Conv1d<3, 3, Kernel1d{.size = 2, .groups = 3}, 3>, Shape<3, 7>>(
        Reference{3, 3, 7, {.size = 2, .groups = 3}, 3});
}

TEST_CASE("Conv1d: PyTorch's shapes and names") {
    using Layer = Conv1d<4, 6, Kernel1d{.size = 3, .groups = 2}, 2, 1>;
    static_assert(std::is_same_v<kiln::output_of<Layer, Shape<4, 9>>, Shape<6, 5>>);
    static_assert(std::is_same_v<Layer::Parameters::Element<0>, kiln::Parameter<"weight", Shape<6, 2, 3>>>);
    static_assert(std::is_same_v<Layer::Parameters::Element<1>, kiln::Parameter<"bias", Shape<6>>>);
    static_assert(Conv1d<4, 6, Kernel1d{.size = 3, .bias = false}>::Parameters::count == 1);
    static_assert(kiln::multiply_adds<Conv1d<2, 3, 3, 1, 1>, Shape<2, 5>> == 2 * 3 * (5 * 3 - 2));
    CHECK(Conv1d<1, 6, 5>::name().view() == "Conv1d<1,6,5>");
    CHECK(Conv1d<1, 6, 5, 1, 2>::name().view() == "Conv1d<1,6,5,1,2>");
    CHECK(Conv1d<4, 8, Kernel1d{.size = 3, .dilation = 2, .groups = 4, .bias = false}, 2>::name().view() ==
          "Conv1d<4,8,3 dilation 2 groups 4 no bias,2>");
    CHECK(Conv1d<3, 6, 5>::expected<Shape<3, 1, 28>>().view() == "a 3xL signal");
    CHECK(Conv1d<3, 6, 5>::expected<Shape<1, 28>>().view() == "3 channels");
    CHECK(Conv1d<3, 6, Kernel1d{.size = 3, .dilation = 3}, 1, 1>::expected<Shape<3, 4>>().view() ==
          "a signal of at least 5");
}

TEST_CASE("Conv1d: starts as PyTorch's does, uniform within 1 / sqrt(fan in)") {
    using Layer = Conv1d<8, 64, Kernel1d{.size = 25, .groups = 2}>;  // fan in 4 * 25
    std::vector<float> numbers(Layer::Parameters::extent);
    kiln::start<Layer, Shape<8, 25>>(numbers.data(), static_cast<float*>(nullptr), 1);
    kiln::visit<Layer::Parameters>(numbers.data(), [](const std::string& name, auto view) {
        CAPTURE(name);
        const auto [least, most] = std::minmax_element(view.begin(), view.end());
        CHECK(*least >= -0.1F);
        CHECK(*least < -0.09F);
        CHECK(*most <= 0.1F);
        CHECK(*most > 0.09F);
    });
}

static_assert(right_as_constant<Conv1d<2, 2, 3, 1, 1>, Shape<2, 4>>);
