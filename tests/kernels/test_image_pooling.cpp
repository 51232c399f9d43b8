#include "kiln/kernels/image_pooling.hpp"
#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include <vector>

namespace {
using kiln::Shape;
using kiln::View;

template <class T, std::size_t H, std::size_t W> void agrees_with_reference() {
    constexpr std::size_t OH = H / 2, OW = W / 2;
    std::vector<T> x(3 * H * W), most(3 * OH * OW + 1, T(99)), mean = most;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<T>(std::sin(2.3 * static_cast<double>(i)));
    const View<Shape<3, H, W>, const T> from{x.data()};
    kiln::image_pooling::pool<kiln::image_pooling::Larger>(from, View<Shape<3, OH, OW>, T>{most.data()});
    kiln::image_pooling::pool<kiln::image_pooling::Mean>(from, View<Shape<3, OH, OW>, T>{mean.data()});
    for (std::size_t c = 0, out = 0; c < 3; ++c)
        for (std::size_t r = 0; r < OH; ++r)
            for (std::size_t q = 0; q < OW; ++q, ++out) {
                const T a = from(c, 2 * r, 2 * q), b = from(c, 2 * r, 2 * q + 1), d = from(c, 2 * r + 1, 2 * q), e = from(c, 2 * r + 1, 2 * q + 1);
                CHECK(most[out] == std::max(std::max(a, b), std::max(d, e)));
                CHECK(static_cast<double>(mean[out]) == doctest::Approx(static_cast<double>(a + b + d + e) / 4).epsilon(1e-5).scale(1));
            }
    CHECK(most.back() == T(99));
    CHECK(mean.back() == T(99));
}
}  // namespace

TEST_CASE("image_pooling: windows of 2 x 2, whatever is left over") {
    agrees_with_reference<float, 2, 2>(), agrees_with_reference<float, 5, 7>(), agrees_with_reference<float, 8, 24>(), agrees_with_reference<float, 4, 37>();
    agrees_with_reference<double, 6, 11>();
}

TEST_CASE("image_pooling: a NaN anywhere in its window is its maximum") {
    for (std::size_t at = 0; at < 4; ++at) {
        float x[4] = {1, 2, 3, 4}, y = 0;
        x[at] = std::numeric_limits<float>::quiet_NaN();
        kiln::image_pooling::pool<kiln::image_pooling::Larger>(View<Shape<1, 2, 2>, const float>{x}, View<Shape<1, 1, 1>, float>{&y});
        CHECK(std::isnan(y));
    }
}
