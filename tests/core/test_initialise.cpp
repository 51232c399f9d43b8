#include <doctest/doctest.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>
#include "kiln/core/initialise.hpp"

using kiln::Constant, kiln::Distribution, kiln::Draw, kiln::Fan, kiln::Kaiming, kiln::Normal, kiln::OptionError,
    kiln::Shape, kiln::View, kiln::Xavier;

namespace {
// Sample moments must lie within five of their own standard errors: one test in a million would fail by chance, and as
// the numbers are a function of the key, a test that passes passes always.
struct Statistics {
    double n = 0, mean = 0, variance = 0, largest = 0;

    explicit Statistics(const auto& values) : n(static_cast<double>(std::size(values))) {
        for (double v : values) mean += v / n;
        for (double v : values) variance += (v - mean) * (v - mean) / n;
        for (double v : values) largest = std::max(largest, std::abs(v - mean));
    }
    // kurtosis: E (x - mean)^4 / variance^2.
    void check(double expected_mean, double deviation, double kurtosis) const {
        CAPTURE(mean);
        CAPTURE(variance);
        CHECK(std::abs(mean - expected_mean) < 5 * deviation / std::sqrt(n));
        CHECK(std::abs(variance / (deviation * deviation) - 1) < 5 * std::sqrt((kurtosis - 1) / n));
    }
    void check_normal(double expected_mean, double deviation) const {
        check(expected_mean, deviation, 3);
        CHECK(largest > 3 * deviation);
        CHECK(largest < 6 * deviation);
    }
    void check_uniform(double expected_mean, double bound) const {
        check(expected_mean, bound / std::sqrt(3.0), 1.8);
        CHECK(largest > 0.99 * bound);
        CHECK(largest < 1.01 * bound);  // the sample's mean is not exactly the middle
    }
};

using Weight = Shape<64, 32, 3, 3>;  // 18432 numbers, fans 288 and 576

template <class S, class T = float> std::vector<T> drawn(auto draw) {
    std::vector<T> values(S::size, T(-7));
    draw(View<S, T>{values.data()});
    return values;
}
std::vector<float> weight_of(const auto& initialiser, std::uint64_t stream = 1) {
    return drawn<Weight>([&](auto view) { initialiser(view, "weight", stream); });
}
}  // namespace

TEST_CASE("draw: uniform numbers fill their range evenly") {
    const auto around_zero = drawn<Weight>([](auto view) { Draw{1}.uniform(view, 0.25); });
    Statistics{around_zero}.check_uniform(0, 0.25);
    Statistics{drawn<Weight>([](auto view) { Draw{2}.uniform(view, 3, 5); })}.check_uniform(4, 1);
    for (float v : around_zero) CHECK(std::abs(v) <= 0.25F);
    std::vector<double> count(8);
    for (float v : around_zero) count[std::min<std::size_t>(7, static_cast<std::size_t>((v + 0.25F) * 16))] += 1;
    const double expected = static_cast<double>(Weight::size) / 8;
    for (double c : count) CHECK(std::abs(c - expected) < 5 * std::sqrt(expected));
}

TEST_CASE("draw: normal numbers have a normal's mean, deviation, tails, and no memory") {
    const auto values = drawn<Weight>([](auto view) { Draw{3}.normal(view, 2, 0.5); });
    Statistics{values}.check_normal(2, 0.5);
    double within_one = 0, skew = 0, correlation = 0, n = static_cast<double>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double z = (static_cast<double>(values[i]) - 2) / 0.5;
        within_one += std::abs(z) < 1 ? 1 / n : 0;
        skew += z * z * z / n;
        if (i > 0) correlation += z * (static_cast<double>(values[i - 1]) - 2) / 0.5 / n;
    }
    CHECK(std::abs(within_one - 0.682689) < 5 * std::sqrt(0.682689 * 0.317311 / n));
    CHECK(std::abs(skew) < 5 * std::sqrt(15 / n));
    CHECK(std::abs(correlation) < 5 / std::sqrt(n));
}

TEST_CASE("draw: a million normal numbers, all finite") {
    const auto values = drawn<Shape<1'000'000>>([](auto view) { Draw{4}.normal(view, 0, 1); });
    CHECK(std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }));
    Statistics{values}.check_normal(0, 1);
}

TEST_CASE("draw: the same stream gives the same numbers, another stream or array others") {
    const auto fill = [](std::uint64_t stream, int before, bool normal) {
        return drawn<Shape<50>>([&](auto view) {
            Draw draw{stream};
            for (int i = 0; i <= before; ++i) normal ? draw.normal(view, 0, 1) : draw.uniform(view, 1);
        });
    };
    for (bool normal : {false, true}) {
        const auto first = fill(9, 0, normal);
        CHECK(fill(9, 0, normal) == first);
        for (const auto& other : {fill(10, 0, normal), fill(9, 1, normal)})
            CHECK(std::inner_product(first.begin(), first.end(), other.begin(), 0, std::plus{}, std::equal_to{}) == 0);
    }
}

TEST_CASE("draw: float's numbers are double's, rounded, and a smaller array's are a larger one's first") {
    const auto large = drawn<Shape<40>, double>([](auto view) { Draw{5}.normal(view, 0, 1); });
    const auto small = drawn<Shape<3, 5>, float>([](auto view) { Draw{5}.normal(view, 0, 1); });
    for (std::size_t i = 0; i < small.size(); ++i) CHECK(small[i] == static_cast<float>(large[i]));
}

TEST_CASE("draw: a constant expression has the numbers of run time") {
    constexpr auto values = [] {
        std::array<float, 8> result{};
        Draw{11}.uniform(View<Shape<8>, float>{result.data()}, 0.1);
        return result;
    }();
    CHECK(drawn<Shape<8>>([](auto view) { Draw{11}.uniform(view, 0.1); }) ==
          std::vector<float>(values.begin(), values.end()));
}

// torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape)) in PyTorch 1.13.0.
TEST_CASE("initialise: fans are PyTorch's") {
    static_assert(kiln::fan_in<Shape<3, 5>> == 5 && kiln::fan_out<Shape<3, 5>> == 3);
    static_assert(kiln::fan_in<Shape<6, 4, 3, 2>> == 24 && kiln::fan_out<Shape<6, 4, 3, 2>> == 36);
    CHECK(kiln::fan_in<Weight> == 288);
    CHECK(kiln::fan_out<Weight> == 576);
}

// The gains are torch.nn.init.calculate_gain("leaky_relu", slope): 1.4142135623730951 for 0, 1.4071950894605838 for
// 0.1.
TEST_CASE("initialise: Kaiming") {
    constexpr double relu = 1.4142135623730951, leaky = 1.4071950894605838;
    Statistics{weight_of(Kaiming{})}.check_normal(0, relu / std::sqrt(288.0));
    Statistics{weight_of(Kaiming{.fan = Fan::out})}.check_normal(0, relu / std::sqrt(576.0));
    Statistics{weight_of(Kaiming{.negative_slope = 0.1})}.check_normal(0, leaky / std::sqrt(288.0));
    Statistics{weight_of(Kaiming{.distribution = Distribution::uniform})}.check_uniform(
        0, std::sqrt(3.0) * relu / std::sqrt(288.0));
    Statistics{weight_of(Kaiming{.distribution = Distribution::uniform, .fan = Fan::out, .negative_slope = 1})}
        .check_uniform(0, std::sqrt(3.0 / 576.0));
}

TEST_CASE("initialise: Xavier") {
    Statistics{weight_of(Xavier{})}.check_normal(0, std::sqrt(2.0 / (288 + 576)));
    Statistics{weight_of(Xavier{.gain = 5.0 / 3})}.check_normal(0, 5.0 / 3 * std::sqrt(2.0 / (288 + 576)));
    Statistics{weight_of(Xavier{.distribution = Distribution::uniform})}.check_uniform(0, std::sqrt(6.0 / (288 + 576)));
}

TEST_CASE("initialise: normal and constant") {
    Statistics{weight_of(Normal{})}.check_normal(0, 1);
    Statistics{weight_of(Normal{.mean = 1, .deviation = 0.02})}.check_normal(1, 0.02);
    const auto same = weight_of(Constant{.value = 0.5});
    CHECK(std::count(same.begin(), same.end(), 0.5F) == static_cast<std::ptrdiff_t>(Weight::size));
}

TEST_CASE("initialise: reproducible, and every stream its own numbers") {
    for (const auto& first : {weight_of(Kaiming{}), weight_of(Kaiming{.distribution = Distribution::uniform})})
        CHECK(first[0] != first[1]);
    CHECK(weight_of(Kaiming{}, 5) == weight_of(Kaiming{}, 5));
    CHECK(weight_of(Kaiming{}, 5) != weight_of(Kaiming{}, 6));
}

TEST_CASE_TEMPLATE("initialise: biases and other vectors keep what the layer gave, biases are zero on request",
                   Initialiser, Kaiming, Xavier, Normal, Constant) {
    const std::vector<float> kept(5, -7), zero(5, 0);
    const auto vector_of = [](const Initialiser& initialiser, const char* name) {
        return drawn<Shape<5>>([&](auto view) { initialiser(view, name, 1); });
    };
    for (const char* name : {"bias", "bias_ih_l0", "in_proj_bias", "0.bias"}) {
        CAPTURE(name);
        CHECK(vector_of(Initialiser{}, name) == kept);
        CHECK(vector_of(Initialiser{.zero_bias = true}, name) == zero);
    }
    for (const char* name : {"weight", "bias_branch.weight"})
        CHECK(vector_of(Initialiser{.zero_bias = true}, name) == kept);
    const auto weight = drawn<Shape<5, 1>>([](auto view) { Initialiser{}(view, "weight", 1); });
    CHECK(std::count(weight.begin(), weight.end(), -7.0F) == 0);
}

TEST_CASE("initialise: options out of range are refused") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK_THROWS_AS(weight_of(Kaiming{.negative_slope = infinity}), OptionError);
    CHECK_THROWS_WITH_AS(weight_of(Xavier{.gain = 0}), "Xavier: gain is 0, but must be positive and finite",
                         OptionError);
    CHECK_THROWS_AS(weight_of(Normal{.mean = std::nan("")}), OptionError);
    CHECK_THROWS_AS(weight_of(Normal{.deviation = -1}), OptionError);
    CHECK_THROWS_AS(weight_of(Constant{.value = infinity}), OptionError);
}

namespace {
constexpr std::array<double, 64> drawn() {
    std::array<double, 64> numbers{};
    Draw{7}.normal(View<Shape<64>, double>{numbers.data()}, 0, 1);
    return numbers;
}
}  // namespace

TEST_CASE("Draw: the compiler draws the same normal numbers, but for rounding") {
    static constexpr auto constant = drawn();
    const auto now = drawn();
    for (std::size_t i = 0; i < now.size(); ++i) CHECK(std::abs(constant[i] - now[i]) <= 1e-14);
}
