#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/gelu.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/linear.hpp"
#include "support/constant.hpp"
#include "support/row_norm.hpp"

using kiln::LayerNorm, kiln::LayerNormOptions, kiln::Shape;

namespace {
template <std::size_t Size, bool affine = true> void reference(Sample& s) { normalised_rows<true, Size, affine>(s, 1e-5); }
}  // namespace

TEST_CASE("LayerNorm: every row by itself, along the last axis or over several") {
    check_layer_in_all_lanes<LayerNorm<13>, Shape<5, 13>>(reference<13>, elementary_functions);
    check_layer<LayerNorm<64>, Shape<64>>(reference<64>, elementary_functions);
    check_layer<LayerNorm<3, 5, 2>, Shape<3, 5, 2>>(reference<30>, elementary_functions);
    check_layer<LayerNorm<5, 2>, Shape<3, 4, 5, 2>>(reference<10>, elementary_functions);
    check_layer<LayerNorm<7, LayerNormOptions{.affine = false}>, Shape<4, 7>>(reference<7, false>, elementary_functions);
}

TEST_CASE("LayerNorm: a row of equal numbers becomes the bias") {
    const std::vector<std::vector<float>> parameters{{2, 3, 4}, {0.5F, -1, 7}};
    const auto run = run_layer<LayerNorm<3>, Shape<3>, kiln::native_width<float>>(parameters, {3, 3, 3}, {1, 1, 1});
    CHECK(run.y == parameters[1]);
}

TEST_CASE("LayerNorm: a mean of a thousand costs three digits of y and no more") {
    auto x = random_numbers<float>(40 * 16, 1);
    for (float& v : x) v += 1000;
    const auto run = run_layer<LayerNorm<16, LayerNormOptions{.affine = false}>, Shape<16>, kiln::native_width<float>>({}, x, x);
    for (std::size_t s = 0; s < 40; ++s) {
        double mean = 0, var = 0;
        for (std::size_t k = 0; k < 16; ++k) mean += static_cast<double>(x[16 * s + k]) / 16;
        for (std::size_t k = 0; k < 16; ++k) var += std::pow(static_cast<double>(x[16 * s + k]) - mean, 2) / 16;
        for (std::size_t k = 0; k < 16; ++k)
            CHECK(std::abs(static_cast<double>(run.y[16 * s + k]) - (static_cast<double>(x[16 * s + k]) - mean) / std::sqrt(var + 1e-5)) < 1e-3);
    }
}

TEST_CASE("LayerNorm: its gradient in front of two Linear") {
    using Block = kiln::Sequential<LayerNorm<6>, kiln::Linear<6, 8>, kiln::GELU, kiln::Linear<8, 6>, LayerNorm<4, 6>>;
    const auto check = kiln::check_gradients<Block, Shape<4, 6>>();
    INFO(check.worst.view());
    CHECK(check.passed);
}

TEST_CASE("LayerNorm: its shapes and its words") {
    CHECK(kiln::accepts<LayerNorm<64>, Shape<50, 64>>);
    CHECK(kiln::accepts<LayerNorm<8, 7, 7>, Shape<8, 7, 7>>);
    CHECK(!kiln::accepts<LayerNorm<7, 7>, Shape<49>>);
    CHECK(!kiln::accepts<LayerNorm<8, 7, 7>, Shape<7, 7>>);
    CHECK(!kiln::accepts<LayerNorm<7>, Shape<7, 8>>);
    CHECK(LayerNorm<64>::name().view() == "LayerNorm<64>");
    CHECK(LayerNorm<8, 7, 7, LayerNormOptions{.eps = 1e-6, .affine = false}>::name().view() == "LayerNorm<8,7,7,eps 0.000001,no affine>");
    CHECK(LayerNorm<64>::expected().view() == "64 features");
    CHECK(LayerNorm<1>::expected().view() == "1 feature");
    CHECK(LayerNorm<8, 7, 7>::expected().view() == "an input that ends in 8x7x7");
}

TEST_CASE("LayerNorm: the weight starts at 1 and the bias at 0, of PyTorch's shapes") {
    using Parameters = LayerNorm<2, 3>::Parameters;
    std::vector<float> numbers(Parameters::extent), none;
    kiln::start<LayerNorm<2, 3>, Shape<2, 3>>(numbers.data(), none.data(), 1);
    kiln::visit<Parameters>(numbers.data(), []<class S>(const std::string& name, kiln::View<S, float> view) {
        CHECK(std::is_same_v<S, Shape<2, 3>>);
        for (const float v : view) CHECK(v == (name == "weight" ? 1 : 0));
    });
}

static_assert(right_as_constant<LayerNorm<3>, Shape<2, 3>>);
