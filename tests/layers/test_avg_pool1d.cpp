#include <doctest/doctest.h>
#include "kiln/layers/avg_pool1d.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::AvgPool1d, kiln::CountIncludePad, kiln::Shape;

namespace {
struct Reference {
    std::size_t channels, length, size, stride, padding = 0;
    bool counts_padding = true;

    void operator()(Sample& s) const {
        const std::size_t columns = (length + 2 * padding - size) / stride + 1;
        REQUIRE(s.y.size() == channels * columns);
        for (std::size_t out = 0; out < channels * columns; ++out) {
            const std::size_t start = out % columns * stride;
            const auto inside = std::min(start + size, padding + length) - std::max(start, padding);
            const auto count = static_cast<double>(counts_padding ? size : inside);
            for (std::size_t k = 0; k < size; ++k) {
                if (start + k - padding >= length) continue;  // below 0 wraps around
                const std::size_t at = out / columns * length + start + k - padding;
                s.y[out] += s.x[at] / count;
                s.dx[at] += s.dy[out] / count;
            }
        }
    }
};
}  // namespace

TEST_CASE("AvgPool1d: side by side, overlapping, apart, padded") {
    check_layer_in_all_lanes<AvgPool1d<2>, Shape<3, 7>>(Reference{3, 7, 2, 2});
    check_layer<AvgPool1d<3, 2>, Shape<2, 8>>(Reference{2, 8, 3, 2});
    check_layer<AvgPool1d<2, 3>, Shape<2, 9>>(Reference{2, 9, 2, 3});
    check_layer<AvgPool1d<4, 2, 2>, Shape<2, 7>>(Reference{2, 7, 4, 2, 2});
    check_layer<AvgPool1d<4, 2, 2, CountIncludePad::no>, Shape<2, 7>>(Reference{2, 7, 4, 2, 2, false});
}

TEST_CASE("AvgPool1d: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<AvgPool1d<3, 2, 1>, Shape<5, 7>>, Shape<5, 4>>);
    CHECK(AvgPool1d<2>::name().view() == "AvgPool1d<2>");
    CHECK(AvgPool1d<3, 2, 1, CountIncludePad::no>::name().view() == "AvgPool1d<3,2,1 not counted>");
    CHECK(AvgPool1d<2>::expected<Shape<3, 1>>().view() == "a signal of at least 2");
    CHECK(!kiln::accepts<AvgPool1d<2>, Shape<3, 4, 5>>);
}

static_assert(right_as_constant<AvgPool1d<2>, Shape<2, 5>>);
