#include <doctest/doctest.h>
#include <vector>
#include "kiln/layers/channel_norm.hpp"

using namespace kiln;

TEST_CASE("ChannelNorm: the first axis is the channels, whatever follows it") {
    using Layer = ChannelNorm<3, true>;
    CHECK(Layer::accepts<Shape<3>>);
    CHECK(Layer::accepts<Shape<3, 4>>);
    CHECK(Layer::accepts<Shape<3, 4, 5>>);
    CHECK(!Layer::accepts<Shape<4, 3>>);
    CHECK(Layer::expected().view() == "3 channels");
    CHECK(ChannelNorm<1, true>::expected().view() == "1 channel");
}

TEST_CASE("ChannelNorm: a weight that starts at 1 and a bias at 0, or neither") {
    using Parameters = ChannelNorm<3, true>::Parameters;
    std::vector<float> numbers(Parameters::extent);
    ChannelNorm<3, true>::init(Parameters::views(numbers.data()), 0);
    const auto [weight, bias] = Parameters::views(numbers.data());
    CHECK(std::vector<float>(weight.begin(), weight.end()) == std::vector<float>{1, 1, 1});
    CHECK(std::vector<float>(bias.begin(), bias.end()) == std::vector<float>{0, 0, 0});
    CHECK(ChannelNorm<3, false>::Parameters::count == 0);
}
