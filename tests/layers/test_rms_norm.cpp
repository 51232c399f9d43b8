#include <doctest/doctest.h>
#include "kiln/layers/rms_norm.hpp"
#include "support/constant.hpp"
#include "support/row_norm.hpp"

using kiln::RMSNorm, kiln::RMSNormOptions, kiln::Shape;

namespace {
template <std::size_t Size, bool affine = true> void reference(Sample& s) { normalised_rows<false, Size, affine>(s, 1e-6); }
}  // namespace

TEST_CASE("RMSNorm: every row over its root mean square, along the last axis or over several") {
    check_layer_in_all_lanes<RMSNorm<13>, Shape<5, 13>>(reference<13>, elementary_functions);
    check_layer<RMSNorm<64>, Shape<64>>(reference<64>, elementary_functions);
    check_layer<RMSNorm<5, 2>, Shape<3, 4, 5, 2>>(reference<10>, elementary_functions);
    check_layer<RMSNorm<7, RMSNormOptions{.affine = false}>, Shape<4, 7>>(reference<7, false>, elementary_functions);
    check_layer<RMSNorm<7, RMSNormOptions{.eps = 0.25}>, Shape<4, 7>>([](Sample& s) { normalised_rows<false, 7>(s, 0.25); }, elementary_functions);
}

TEST_CASE("RMSNorm: zeros stay zeros") {
    const auto run = run_layer<RMSNorm<3>, Shape<3>, kiln::native_width<float>>({{2, 3, 4}}, std::vector<float>{0, 0, 0}, {1, 1, 1});
    CHECK(run.y == std::vector<float>{0, 0, 0});
}

TEST_CASE("RMSNorm: its words") {
    CHECK(RMSNorm<64>::name().view() == "RMSNorm<64>");
    CHECK(RMSNorm<8, 8, RMSNormOptions{.eps = 0.001}>::name().view() == "RMSNorm<8,8,eps 0.001>");
    CHECK(RMSNorm<64>::expected().view() == "64 features");
    static_assert(kiln::parameters_of<RMSNorm<64>, Shape<64>>::count == 1);
}

static_assert(right_as_constant<RMSNorm<3>, Shape<2, 3>>);
