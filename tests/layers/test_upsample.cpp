#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include "kiln/layers/upsample.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Extent2, kiln::Interpolation, kiln::Shape, kiln::Upsample;

namespace {
constexpr auto bilinear = Interpolation::bilinear;

// Every y is the sum of all x, each times a share by its row and one by its column.
struct Reference {
    std::size_t channels, height, width;
    Extent2 scale;
    bool nearest;

    double share(std::size_t out, std::size_t in, std::size_t extent, std::size_t times) const {
        if (nearest) return out / times == in ? 1 : 0;
        const double last = static_cast<double>(extent - 1), n = static_cast<double>(times);
        const double at = std::clamp((static_cast<double>(out) + 0.5) / n - 0.5, 0.0, last);
        return std::max(0.0, 1 - std::abs(static_cast<double>(in) - at));
    }
    void operator()(Sample& s) const {
        const std::size_t rows = scale.height * height, columns = scale.width * width;
        REQUIRE(s.y.size() == channels * rows * columns);
        for (std::size_t out = 0; out < s.y.size(); ++out)
            for (std::size_t r = 0; r < height; ++r)
                for (std::size_t q = 0; q < width; ++q) {
                    const Bounded part = share(out / columns % rows, r, height, scale.height) *
                                         share(out % columns, q, width, scale.width);
                    const std::size_t in = (out / (rows * columns) * height + r) * width + q;
                    s.y[out] += part * s.x[in];
                    s.dx[in] += part * s.dy[out];
                }
    }
};
}  // namespace

TEST_CASE("Upsample: nearest") {
    check_layer_in_all_lanes<Upsample<2>, Shape<3, 2, 5>>(Reference{3, 2, 5, 2, true});
    check_layer<Upsample<Extent2{1, 3}>, Shape<2, 3, 2>>(Reference{2, 3, 2, {1, 3}, true});
    check_layer<Upsample<1>, Shape<2, 3, 2>>(Reference{2, 3, 2, 1, true});
}
TEST_CASE("Upsample: bilinear") {
    check_layer_in_all_lanes<Upsample<2, bilinear>, Shape<3, 2, 5>>(Reference{3, 2, 5, 2, false});
    check_layer<Upsample<Extent2{1, 3}, bilinear>, Shape<2, 3, 2>>(Reference{2, 3, 2, {1, 3}, false});
    check_layer<Upsample<Extent2{5, 4}, bilinear>, Shape<2, 1, 3>>(Reference{2, 1, 3, {5, 4}, false});
    check_layer<Upsample<3, bilinear>, Shape<1, 1, 1>>(Reference{1, 1, 1, 3, false});
}

TEST_CASE("Upsample: a constant image stays constant, and dx is all of dy") {
    const std::vector<float> x(12, 3), dy(12 * 6, 1);
    const auto run = run_layer<Upsample<Extent2{3, 2}, bilinear>, Shape<1, 3, 4>, kiln::native_width<float>>({}, x, dy);
    for (float y : run.y) CHECK(y == doctest::Approx(3));
    double total = 0;
    for (float dx : run.dx) total += static_cast<double>(dx);
    CHECK(total == doctest::Approx(12 * 6));
}

TEST_CASE("Upsample: its shapes and its words") {
    static_assert(std::is_same_v<kiln::output_of<Upsample<Extent2{2, 3}>, Shape<5, 4, 7>>, Shape<5, 8, 21>>);
    CHECK(Upsample<2>::name().view() == "Upsample<2>");
    CHECK(Upsample<Extent2{2, 3}, bilinear>::name().view() == "Upsample<2x3,bilinear>");
    CHECK(Upsample<2>::expected<Shape<8>>().view() == "a CxHxW image");
    CHECK(!kiln::accepts<Upsample<2>, Shape<8>>);
}

static_assert(right_as_constant<Upsample<2>, Shape<1, 2, 2>>);
