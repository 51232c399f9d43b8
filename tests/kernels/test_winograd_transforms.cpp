#include <doctest/doctest.h>
#include <cmath>
#include "kiln/kernels/winograd_transforms.hpp"

using namespace kiln::winograd::detail;
using kiln::Index;

namespace {
double number(Index i) { return std::sin(static_cast<double>(3 * i + 1)); }

// Along one axis, and along both.
template <Index K> void check() {
    CAPTURE(K);
    constexpr Index m = 7 - K;
    double d[values], g[K], of_d[values], of_g[values], y[m];
    for (Index i = 0; i < values; ++i) d[i] = number(i);
    for (Index k = 0; k < K; ++k) g[k] = number(10 + k);
    to_values<OfInput>(d, of_d);
    to_values<OfKernel<K>>(g, of_g);
    for (Index v = 0; v < values; ++v) of_d[v] *= of_g[v];
    from_values<OfOutput<m>>(of_d, y);
    for (Index r = 0; r < m; ++r) {
        double sum = 0;
        for (Index k = 0; k < K; ++k) sum += g[k] * d[r + k];
        CHECK(y[r] == doctest::Approx(sum).epsilon(1e-12));
    }

    double image[values][values], kernel[values][values];
    to_values<OfInput, double>([](Index r, Index c) { return number(7 * r + c); }, [&](Index p, Index q, double v) { image[p][q] = v; });
    to_values<OfKernel<K>, double>([](Index r, Index c) { return number(50 + 7 * r + c); }, [&](Index p, Index q, double v) { kernel[p][q] = v; });
    Index written = 0;
    from_values<OfOutput<m>, double>([&](Index p, Index q) { return image[p][q] * kernel[p][q]; },
                                     [&](Index r, Index c, double found) {
                                         double sum = 0;
                                         for (Index j = 0; j < K; ++j)
                                             for (Index k = 0; k < K; ++k) sum += number(50 + 7 * j + k) * number(7 * (r + j) + c + k);
                                         CHECK(found == doctest::Approx(sum).epsilon(1e-12));
                                         ++written;
                                     });
    CHECK(written == m * m);
}
}  // namespace

TEST_CASE("winograd's transforms: a correlation is a product of values") {
    check<2>();
    check<3>();
    check<4>();
    check<5>();
}
