#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/bias.hpp"

using namespace kiln;

namespace {
using With = WeightAndBias<Shape<3, 2>, 3, Bias::learned>;
using Without = WeightAndBias<Shape<3, 2>, 3, Bias::none>;
}  // namespace

TEST_CASE("Bias: with one there are two parameters, without one there is one") {
    std::vector<std::string> names;
    std::vector<float> numbers(With::extent);
    const auto collect = [&](const std::string& name, auto) { names.push_back(name); };
    visit<With>(numbers.data(), collect);
    visit<Without>(numbers.data(), collect);
    CHECK(names == std::vector<std::string>{"weight", "bias", "weight"});
}

TEST_CASE("Bias: the views of one that there is not are null") {
    std::vector<float> numbers(With::extent);
    const auto [weight, bias] = weight_and_bias<3>(With::views(numbers.data()));
    CHECK(weight.data == numbers.data());
    CHECK(bias.data == numbers.data() + 16);
    const auto [only, none] = weight_and_bias<3>(Without::views(static_cast<const float*>(numbers.data())));
    CHECK(only.data == numbers.data());
    CHECK(none.data == nullptr);
    static_assert(std::is_same_v<decltype(none), const View<Shape<3>, const float>>);
}

TEST_CASE("Bias: PyTorch's default start, uniform within 1 / sqrt(fan in), bias or not") {
    std::vector<float> with(With::extent), without(Without::extent);
    Draw draw{1}, again{1};
    start_uniform(With::views(with.data()), draw, 16);
    start_uniform(Without::views(without.data()), again, 16);
    const auto [weight, bias] = With::views(with.data());
    for (float v : weight) CHECK(std::abs(v) <= 0.25F);
    for (float v : bias) CHECK(std::abs(v) <= 0.25F);
    CHECK(bias[0] != bias[1]);
    CHECK(std::equal(without.begin(), without.end(), with.begin()));  // the weight does not depend on the bias
}
