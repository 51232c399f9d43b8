#include <doctest/doctest.h>
#include "kiln/layers/avg_pool.hpp"
#include "support/close.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::AvgPool, kiln::CountIncludePad, kiln::Extent2, kiln::Shape;

namespace {
struct Reference {
    std::size_t channels, height, width;
    Extent2 size, stride, padding = 0;
    bool counts_padding = true;

    void operator()(Sample& s) const {
        const std::size_t rows = (height + 2 * padding.height - size.height) / stride.height + 1;
        const std::size_t columns = (width + 2 * padding.width - size.width) / stride.width + 1;
        const auto inside = [](std::size_t start, std::size_t length, std::size_t pad, std::size_t extent) {
            return std::min(start + length, pad + extent) - std::max(start, pad);
        };
        REQUIRE(s.y.size() == channels * rows * columns);
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t q = 0; q < columns; ++q) {
                    const auto count = static_cast<double>(
                        counts_padding ? size.height * size.width
                                       : inside(r * stride.height, size.height, padding.height, height) *
                                             inside(q * stride.width, size.width, padding.width, width));
                    for (std::size_t j = 0; j < size.height; ++j)
                        for (std::size_t k = 0; k < size.width; ++k) {
                            const std::size_t row = r * stride.height + j - padding.height,
                                              column = q * stride.width + k - padding.width;
                            if (row >= height || column >= width) continue;  // below 0 wraps around
                            const std::size_t out = (c * rows + r) * columns + q,
                                              at = (c * height + row) * width + column;
                            s.y[out] += s.x[at] / count;
                            s.dx[at] += s.dy[out] / count;
                        }
                }
    }
};
}  // namespace

TEST_CASE("AvgPool: windows side by side") {
    check_layer_in_all_lanes<AvgPool<2>, Shape<3, 6, 4>>(Reference{3, 6, 4, 2, 2});
    check_layer<AvgPool<3>, Shape<2, 6, 9>>(Reference{2, 6, 9, 3, 3});
}
TEST_CASE("AvgPool: rows and columns that fill no window are dropped") {
    check_layer<AvgPool<2>, Shape<3, 7, 5>>(Reference{3, 7, 5, 2, 2});
    check_layer<AvgPool<2, 3>, Shape<1, 9, 7>>(Reference{1, 9, 7, 2, 3});
}
TEST_CASE("AvgPool: windows that overlap") { check_layer<AvgPool<3, 2>, Shape<3, 7, 8>>(Reference{3, 7, 8, 3, 2}); }
TEST_CASE("AvgPool: padding, which counts as zeros") {
    check_layer_in_all_lanes<AvgPool<3, 2, 1>, Shape<3, 7, 8>>(Reference{3, 7, 8, 3, 2, 1});
}
TEST_CASE("AvgPool: padding that does not count") {
    check_layer_in_all_lanes<AvgPool<3, 2, 1, CountIncludePad::no>, Shape<3, 7, 8>>(Reference{3, 7, 8, 3, 2, 1, false});
    check_layer<AvgPool<Extent2{2, 4}, 1, Extent2{1, 2}, CountIncludePad::no>, Shape<2, 1, 3>>(
        Reference{2, 1, 3, {2, 4}, 1, {1, 2}, false});
}
TEST_CASE("AvgPool: rectangular windows") {
    check_layer<AvgPool<Extent2{1, 3}, Extent2{2, 1}, Extent2{0, 1}>, Shape<2, 5, 4>>(
        Reference{2, 5, 4, {1, 3}, {2, 1}, {0, 1}});
}

// Made by PyTorch 1.13.0, in double:
//     x = (torch.arange(25.) * 7 % 11).reshape(1, 1, 5, 5); y = F.avg_pool2d(x, (2, 1), (1, 2))
//     y.backward(torch.arange(1., 13).reshape(y.shape))
TEST_CASE_TEMPLATE("AvgPool: PyTorch's values", T, float, double) {
    std::vector<T> x(25);
    for (std::size_t i = 0; i < 25; ++i) x[i] = static_cast<T>(i * 7 % 11);
    const auto run = run_layer<AvgPool<Extent2{2, 1}, Extent2{1, 2}>, Shape<1, 5, 5>, kiln::native_width<T>>(
        {}, x, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    check_all_close<T>(run.y, std::vector<double>{1, 4, 7, 3, 6, 9, 5, 8, 5.5, 7, 4.5, 2});
    check_all_close<T>(run.dx, std::vector<double>{0.5, 0,   1,   0, 1.5, 2.5, 0,    3.5, 0, 4.5, 5.5, 0, 6.5,
                                                   0,   7.5, 8.5, 0, 9.5, 0,   10.5, 5,   0, 5.5, 0,   6});
}

TEST_CASE("AvgPool: its words") {
    CHECK(AvgPool<2>::name().view() == "AvgPool<2>");
    CHECK(AvgPool<3, 2, 1>::name().view() == "AvgPool<3,2,1>");
    CHECK(AvgPool<3, 2, 1, CountIncludePad::no>::name().view() == "AvgPool<3,2,1 not counted>");
    CHECK(AvgPool<2>::expected<Shape<3, 1, 4>>().view() == "an image of at least 2x2");
}

static_assert(right_as_constant<AvgPool<2>, Shape<1, 4, 4>>);
static_assert(right_as_constant<AvgPool<3, 2, 1>, Shape<1, 4, 4>>);
