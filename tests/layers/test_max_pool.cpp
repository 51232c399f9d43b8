#include <doctest/doctest.h>
#include <limits>
#include "kiln/layers/max_pool.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Extent2, kiln::MaxPool, kiln::Shape;

namespace {
struct Reference {
    std::size_t channels, height, width;
    Extent2 size, stride, padding = 0;

    void operator()(Sample& s) const {
        const std::size_t rows = (height + 2 * padding.height - size.height) / stride.height + 1;
        const std::size_t columns = (width + 2 * padding.width - size.width) / stride.width + 1;
        REQUIRE(s.y.size() == channels * rows * columns);
        for (std::size_t c = 0; c < channels; ++c)
            for (std::size_t r = 0; r < rows; ++r)
                for (std::size_t q = 0; q < columns; ++q) {
                    std::size_t winner = s.x.size();
                    for (std::size_t j = 0; j < size.height; ++j)
                        for (std::size_t k = 0; k < size.width; ++k) {
                            const std::size_t row = r * stride.height + j - padding.height,
                                              column = q * stride.width + k - padding.width;
                            if (row >= height || column >= width) continue;  // below 0 wraps around
                            const std::size_t at = (c * height + row) * width + column;
                            if (winner == s.x.size() || s.x[at].value > s.x[winner].value) winner = at;
                        }
                    const std::size_t out = (c * rows + r) * columns + q;
                    s.y[out] = s.x[winner];
                    s.dx[winner] += s.dy[out];
                }
    }
};
}  // namespace

TEST_CASE("MaxPool: windows side by side") {
    check_layer_in_all_lanes<MaxPool<2>, Shape<3, 6, 4>>(Reference{3, 6, 4, 2, 2});
    check_layer<MaxPool<3>, Shape<2, 6, 9>>(Reference{2, 6, 9, 3, 3});
}
TEST_CASE("MaxPool: rows and columns that fill no window are dropped") {
    check_layer<MaxPool<2>, Shape<3, 7, 5>>(Reference{3, 7, 5, 2, 2});
    check_layer<MaxPool<2>, Shape<1, 4, 5>>(Reference{1, 4, 5, 2, 2});
    check_layer<MaxPool<2, 3>, Shape<1, 9, 7>>(Reference{1, 9, 7, 2, 3});
}
TEST_CASE("MaxPool: windows that overlap") { check_layer<MaxPool<3, 2>, Shape<3, 7, 8>>(Reference{3, 7, 8, 3, 2}); }
TEST_CASE("MaxPool: padding, which is never the largest") {
    check_layer_in_all_lanes<MaxPool<3, 2, 1>, Shape<3, 7, 8>>(Reference{3, 7, 8, 3, 2, 1});
    check_layer<MaxPool<3, 1, 1>, Shape<2, 1, 2>>(Reference{2, 1, 2, 3, 1, 1});
}
TEST_CASE("MaxPool: rectangular windows") {
    check_layer<MaxPool<Extent2{1, 3}, Extent2{2, 1}, Extent2{0, 1}>, Shape<2, 5, 4>>(
        Reference{2, 5, 4, {1, 3}, {2, 1}, {0, 1}});
}

TEST_CASE("MaxPool: of equal elements the first gets the gradient") {
    const auto run =
        run_layer<MaxPool<2>, Shape<1, 2, 2>, kiln::native_width<float>>({}, std::vector<float>{1, 3, 3, 3}, {5});
    CHECK(run.y == std::vector<float>{3});
    CHECK(run.dx == std::vector<float>{0, 5, 0, 0});
}

TEST_CASE("MaxPool: a NaN passes, wherever in its window it is") {
    for (std::size_t place = 0; place < 4; ++place) {
        CAPTURE(place);
        std::vector<float> x{1, 2, 3, 4};
        x[place] = std::numeric_limits<float>::quiet_NaN();
        CHECK(std::isnan(run_layer<MaxPool<2>, Shape<1, 2, 2>, kiln::native_width<float>>({}, x, {1}).y[0]));
        CHECK(std::isnan(run_layer<MaxPool<2>, Shape<1, 2, 2>, 1>({}, x, {1}).y[0]));
    }
}

// Made by PyTorch 1.13.0:
//     x = (torch.arange(25.) * 7 % 11).reshape(1, 1, 5, 5); y = F.max_pool2d(x, 3, 2, 1)
//     y.backward(torch.arange(1., 10).reshape(y.shape))
TEST_CASE("MaxPool: PyTorch's values") {
    std::vector<float> x(25);
    for (std::size_t i = 0; i < 25; ++i) x[i] = static_cast<float>(i * 7 % 11);
    const auto run =
        run_layer<MaxPool<3, 2, 1>, Shape<1, 5, 5>, kiln::native_width<float>>({}, x, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    CHECK(run.y == std::vector<float>{9, 10, 10, 9, 9, 10, 8, 9, 7});
    CHECK(run.dx == std::vector<float>{0, 0, 0, 5, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 8, 0, 0, 7, 0, 0, 9, 0});
}

TEST_CASE("MaxPool: its words") {
    CHECK(MaxPool<2>::name().view() == "MaxPool<2>");
    CHECK(MaxPool<3, 2>::name().view() == "MaxPool<3,2>");
    CHECK(MaxPool<3, 3, 1>::name().view() == "MaxPool<3,3,1>");
    CHECK(MaxPool<Extent2{2, 1}>::name().view() == "MaxPool<2x1>");
    CHECK(MaxPool<2>::expected<Shape<784>>().view() == "a CxHxW image");
    CHECK(MaxPool<4, 4, 1>::expected<Shape<1, 1, 8>>().view() == "an image of at least 2x2");
    CHECK(!MaxPool<4, 4, 1>::accepts<Shape<1, 1, 8>>);
    CHECK(MaxPool<4, 4, 1>::accepts<Shape<1, 2, 2>>);
}

static_assert(right_as_constant<MaxPool<2>, Shape<1, 4, 4>>);
static_assert(right_as_constant<MaxPool<3, 2, 1>, Shape<1, 4, 4>>);
