#include <doctest/doctest.h>
#include <cmath>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/group_norm.hpp"
#include "kiln/layers/relu.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::GroupNorm, kiln::GroupNormOptions, kiln::Shape;

namespace {
template <std::size_t Groups, std::size_t Channels, bool affine = true> void reference(Sample& s) {
    const std::size_t size = s.x.size() / Groups, pixels = s.x.size() / Channels;
    const auto weight = [&](std::size_t i) { return affine ? s.parameters[0][i / pixels].value : 1.0; };
    for (std::size_t g = 0; g < Groups; ++g) {
        double mean = 0, var = 0, slope = 0, product = 0;
        const auto each = [&](auto f) {
            for (std::size_t i = g * size; i < (g + 1) * size; ++i) f(i);
        };
        each([&](std::size_t i) { mean += s.x[i].value / static_cast<double>(size); });
        each([&](std::size_t i) { var += (s.x[i].value - mean) * (s.x[i].value - mean) / static_cast<double>(size); });
        const double inverse = 1 / std::sqrt(var + 1e-5);
        const auto h = [&](std::size_t i) { return (s.x[i].value - mean) * inverse; };
        each([&](std::size_t i) {
            s.y[i] = weight(i) * h(i) + (affine ? s.parameters[1][i / pixels].value : 0.0);
            slope += weight(i) * s.dy[i].value / static_cast<double>(size);
            product += weight(i) * s.dy[i].value * h(i) / static_cast<double>(size);
            if (affine) s.gradients[0][i / pixels] += Bounded(s.dy[i].value * h(i)), s.gradients[1][i / pixels] += s.dy[i];
        });
        each([&](std::size_t i) { s.dx[i] = inverse * (weight(i) * s.dy[i].value - slope - h(i) * product); });
    }
}
}  // namespace

TEST_CASE("GroupNorm: every sample's groups of channels by themselves") {
    check_layer_in_all_lanes<GroupNorm<2, 6>, Shape<6, 3, 5>>(reference<2, 6>, elementary_functions);
    check_layer<GroupNorm<1, 4>, Shape<4, 7>>(reference<1, 4>, elementary_functions);
    check_layer<GroupNorm<3, 3>, Shape<3, 4, 4>>(reference<3, 3>, elementary_functions);
    check_layer<GroupNorm<2, 16>, Shape<16>>(reference<2, 16>, elementary_functions);
    check_layer<GroupNorm<2, 4, GroupNormOptions{.affine = false}>, Shape<4, 3, 3>>(reference<2, 4, false>, elementary_functions);
}

TEST_CASE("GroupNorm: its gradient between Conv and ReLU") {
    using Net = kiln::Sequential<kiln::Conv<1, 4, 3>, GroupNorm<2, 4>, kiln::ReLU, kiln::Conv<4, 2, 2>>;
    const auto check = kiln::check_gradients<Net, Shape<1, 6, 6>>();
    INFO(check.worst.view());
    CHECK(check.passed);
}

TEST_CASE("GroupNorm: its shapes and its words") {
    CHECK(GroupNorm<2, 6>::name().view() == "GroupNorm<2,6>");
    CHECK(GroupNorm<2, 6, GroupNormOptions{.eps = 0.5, .affine = false}>::name().view() == "GroupNorm<2,6,eps 0.5,no affine>");
    CHECK(kiln::accepts<GroupNorm<2, 6>, Shape<6, 4, 4>>);
    CHECK(!kiln::accepts<GroupNorm<2, 6>, Shape<2, 6>>);
}

static_assert(right_as_constant<GroupNorm<2, 4>, Shape<4, 2>>);
