#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/max_pool1d.hpp"
#include "kiln/layers/relu.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::MaxPool1d, kiln::Shape;

namespace {
struct Reference {
    std::size_t channels, length, size, stride, padding = 0;

    void operator()(Sample& s) const {
        const std::size_t columns = (length + 2 * padding - size) / stride + 1;
        REQUIRE(s.y.size() == channels * columns);
        for (std::size_t out = 0; out < channels * columns; ++out) {
            std::size_t winner = s.x.size();
            for (std::size_t k = 0; k < size; ++k) {
                const std::size_t column = out % columns * stride + k - padding;
                if (column >= length) continue;  // below 0 wraps around
                const std::size_t at = out / columns * length + column;
                if (winner == s.x.size() || s.x[at].value > s.x[winner].value) winner = at;
            }
            s.y[out] = s.x[winner];
            s.dx[winner] += s.dy[out];
        }
    }
};
}  // namespace

TEST_CASE("MaxPool1d: side by side, overlapping, apart, padded") {
    check_layer_in_all_lanes<MaxPool1d<2>, Shape<3, 7>>(Reference{3, 7, 2, 2});
    check_layer<MaxPool1d<3, 2>, Shape<2, 8>>(Reference{2, 8, 3, 2});
    check_layer<MaxPool1d<2, 3>, Shape<2, 9>>(Reference{2, 9, 2, 3});
    check_layer<MaxPool1d<4, 2, 2>, Shape<2, 7>>(Reference{2, 7, 4, 2, 2});
}

TEST_CASE("MaxPool1d: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<MaxPool1d<3, 2, 1>, Shape<5, 7>>, Shape<5, 4>>);
    CHECK(MaxPool1d<2>::name().view() == "MaxPool1d<2>");
    CHECK(MaxPool1d<3, 2, 1>::name().view() == "MaxPool1d<3,2,1>");
    CHECK(MaxPool1d<2>::expected<Shape<3, 4, 5>>().view() == "a CxL signal");
    CHECK(MaxPool1d<4, 4, 1>::expected<Shape<3, 1>>().view() == "a signal of at least 2");
    CHECK(!kiln::accepts<MaxPool1d<4, 4, 1>, Shape<3, 1>>);
    CHECK(kiln::accepts<MaxPool1d<4, 4, 1>, Shape<3, 2>>);
}

TEST_CASE("MaxPool1d: is taken before an increasing activation, as MaxPool is") {
    using Net = kiln::Sequential<kiln::ReLU, MaxPool1d<2>>;
    static_assert(std::is_same_v<Net::Execution::Layer<0>, MaxPool1d<2>>);
}

static_assert(right_as_constant<MaxPool1d<2>, Shape<2, 5>>);
