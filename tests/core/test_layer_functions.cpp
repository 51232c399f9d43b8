#include "kiln/core/layer_functions.hpp"
#include <doctest/doctest.h>
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/linear.hpp"

using namespace kiln;

TEST_CASE("layer functions: sizes, names and arrays of a layer") {
    const auto linear = layer_functions<Linear<3, 2>, Shape<4, 3>, Mode::training, double>();
    CHECK(linear.name.view() == "Linear<3,2>");
    CHECK(linear.mode == Mode::training);
    CHECK(linear.in == 12);
    CHECK(linear.out == 8);
    CHECK(linear.vocabulary == 0);
    REQUIRE(linear.parameters.size() == 2);
    CHECK(linear.parameters[0].name == "weight");
    CHECK(linear.parameters[1].size == 2);
    CHECK(linear.parameters[1].offset == 16);
    CHECK(linear.parameter_extent == 32);
    CHECK(linear.buffers.empty());
    CHECK(layer_functions<BatchNorm<5>, Shape<5>, Mode::training, double>().buffers[0].name == "running_mean");
    CHECK(layer_functions<Embedding<9, 4>, Tokens<3, 9>, Mode::training, double>().vocabulary == 9);
}

TEST_CASE("layer functions: forward and backward are the layer's; inference has no backward") {
    CHECK(!layer_functions<Linear<3, 2>, Shape<3>, Mode::inference, double>().backward);
    const auto layer = layer_functions<Linear<2, 1>, Shape<2>, Mode::training, double>();
    AlignedVector<double> parameters(layer.parameter_extent), workspace(layer.tile_extent), gradient(layer.parameter_extent);
    const auto at = [&](std::size_t array) { return &workspace[layer.layout[array]]; };
    parameters[layer.parameters[0].offset] = 3, parameters[layer.parameters[0].offset + 1] = 5, parameters[layer.parameters[1].offset] = 7;
    at(0)[0] = 10, at(0)[1] = 100;
    const TileInfo<double> info{};
    Step<double> step{.cut = {1, 1, 1}, .gradients = gradient.data(), .gradient_extent = layer.parameter_extent};
    const Group<double> group{workspace.data(), layer.tile_extent, 1, &info, &step};
    layer.forward(group, parameters.data(), nullptr);
    CHECK(*at(1) == 3 * 10 + 5 * 100 + 7);
    *at(3) = 2;
    layer.backward(group, parameters.data(), nullptr);
    CHECK(at(2)[0] == 6);
    CHECK(at(2)[1] == 10);
    CHECK(gradient[layer.parameters[0].offset + 1] == 200);
    CHECK(gradient[layer.parameters[1].offset] == 2);
}
