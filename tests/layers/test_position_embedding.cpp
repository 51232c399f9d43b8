#include <doctest/doctest.h>
#include <cmath>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/initialise.hpp"
#include "kiln/layers/position_embedding.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::PositionEmbedding, kiln::Shape;

namespace {
void reference(Sample& s) {
    for (std::size_t i = 0; i < s.x.size(); ++i) {
        s.y[i] = s.x[i] + s.parameters[0][i];
        s.dx[i] = s.dy[i];
        s.gradients[0][i] += s.dy[i];
    }
}
}  // namespace

TEST_CASE("PositionEmbedding: a learned row is added to every token") {
    check_layer_in_all_lanes<PositionEmbedding<4, 3>, Shape<4, 3>>(reference);
    check_layer<PositionEmbedding<1, 5>, Shape<1, 5>>(reference);
}

TEST_CASE("PositionEmbedding: in place, between layers that read what they wrote") {
    const auto check = kiln::check_gradients<kiln::Sequential<kiln::Tanh, PositionEmbedding<4, 3>, PositionEmbedding<4, 3>, kiln::Tanh>, Shape<4, 3>>();
    INFO(check.worst.view());
    CHECK(check.passed);
}

TEST_CASE("PositionEmbedding: its shapes and its words") {
    using Layer = PositionEmbedding<50, 64>;
    static_assert(std::is_same_v<kiln::output_of<Layer, Shape<50, 64>>, Shape<50, 64>>);
    CHECK(!kiln::accepts<Layer, Shape<49, 64>>);
    CHECK(!kiln::accepts<Layer, Shape<3200>>);
    CHECK(Layer::name().view() == "PositionEmbedding<50,64>");
    CHECK(Layer::expected().view() == "50x64 tokens");
}

TEST_CASE("PositionEmbedding: starts normally distributed, with a deviation of 0.02") {
    using Layer = PositionEmbedding<64, 64>;
    std::vector<double> numbers(Layer::Parameters::extent);
    kiln::start<Layer, Shape<64, 64>>(numbers.data(), static_cast<double*>(nullptr), 1);
    double mean = 0, square = 0;
    for (const double w : numbers) mean += w / 4096, square += w * w / 4096;
    CHECK(std::abs(mean) < 0.001);
    CHECK(std::sqrt(square) == doctest::Approx(0.02).epsilon(0.04));
}

static_assert(right_as_constant<PositionEmbedding<2, 3>, Shape<2, 3>>);
