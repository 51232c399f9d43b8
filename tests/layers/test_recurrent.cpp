#include <doctest/doctest.h>
#include <cmath>
#include <limits>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/initialise.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/lstm.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/layers/rnn.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/constant.hpp"
#include "support/run_layer.hpp"

using namespace kiln;

namespace {
constexpr Recurrent last{.output = last_step}, both{.bidirectional = true},
    two_layers_both_last{.layers = 2, .bidirectional = true, .output = last_step};

template <class Layer, class In> std::vector<std::string> names_and_shapes() {
    using Parameters = parameters_of<Layer, In>;
    std::vector<float> numbers(Parameters::extent);
    std::vector<std::string> result;
    visit<Parameters>(numbers.data(), [&]<class S>(const std::string& name, View<S, float>) {
        result.push_back(name + ' ' + std::string{extents_text<S>.view()});
    });
    return result;
}
}  // namespace

TEST_CASE("Recurrent layers: their shapes") {
    static_assert(std::is_same_v<output_of<GRU<28, 64>, Shape<28, 28>>, Shape<28, 64>>);
    static_assert(std::is_same_v<output_of<GRU<28, 64, last>, Shape<28, 28>>, Shape<64>>);
    static_assert(std::is_same_v<output_of<LSTM<28, 64, both>, Shape<5, 28>>, Shape<5, 128>>);
    static_assert(std::is_same_v<output_of<RNN<28, 64, two_layers_both_last>, Shape<5, 28>>, Shape<128>>);
    CHECK(GRU<28, 64>::accepts<Shape<1, 28>>);
    CHECK(!GRU<28, 64>::accepts<Shape<28, 27>>);
    CHECK(!GRU<28, 64>::accepts<Shape<28>>);
    CHECK(!GRU<28, 64>::accepts<Shape<1, 28, 28>>);
    CHECK(!GRU<28, 64>::accepts<Shape<0, 28>>);
    CHECK(takes<LSTM<28, 64, both>>.features == 28);
    CHECK(known_after<LSTM<28, 64, both>>({}).features == 128);
}

TEST_CASE("Recurrent layers: their words") {
    CHECK(GRU<28, 64>::name().view() == "GRU<28,64>");
    CHECK(LSTM<28, 64, two_layers_both_last>::name().view() == "LSTM<28,64,2 layers,bidirectional,last step>");
    CHECK(GRU<28, 64>::expected<Shape<5, 27>>().view() == "steps of 28 features");
    CHECK(RNN<1, 64>::expected<Shape<5, 27>>().view() == "steps of 1 feature");
    CHECK(GRU<28, 64>::expected<Shape<1, 28, 28>>().view() == "steps of 28 features (Reshape<28,28> makes them)");
    CHECK(GRU<28, 64>::expected<Shape<100>>().view() == "steps of 28 features");
}

TEST_CASE("Recurrent layers: parameters in PyTorch's order, by its names") {
    CHECK(names_and_shapes<GRU<3, 4>, Shape<5, 3>>() ==
          std::vector<std::string>{"weight_ih_l0 12x3", "weight_hh_l0 12x4", "bias_ih_l0 12", "bias_hh_l0 12"});
    CHECK(names_and_shapes<LSTM<3, 4, two_layers_both_last>, Shape<5, 3>>() ==
          std::vector<std::string>{"weight_ih_l0 16x3", "weight_hh_l0 16x4", "bias_ih_l0 16", "bias_hh_l0 16",
                                   "weight_ih_l0_reverse 16x3", "weight_hh_l0_reverse 16x4", "bias_ih_l0_reverse 16", "bias_hh_l0_reverse 16",
                                   "weight_ih_l1 16x8", "weight_hh_l1 16x4", "bias_ih_l1 16", "bias_hh_l1 16",
                                   "weight_ih_l1_reverse 16x8", "weight_hh_l1_reverse 16x4", "bias_ih_l1_reverse 16", "bias_hh_l1_reverse 16"});
    CHECK(names_and_shapes<RNN<3, 1, Recurrent{.layers = 11}>, Shape<5, 3>>().back() == "bias_hh_l10 1");
}

TEST_CASE("Recurrent layers: start as PyTorch's do, uniform within 1 / sqrt(hidden)") {
    using Parameters = GRU<30, 100, both>::Parameters;
    std::vector<float> numbers(Parameters::extent);
    Draw draw{1};
    GRU<30, 100, both>::init(Parameters::views(numbers.data()), draw);
    visit<Parameters>(numbers.data(), [](const std::string& name, auto view) {
        CAPTURE(name);
        const auto [least, most] = std::minmax_element(view.begin(), view.end());
        CHECK(*least >= -0.1F);
        CHECK(*least < -0.097F);
        CHECK(*most <= 0.1F);
        CHECK(*most > 0.097F);
    });
}

TEST_CASE("Recurrent layers: their multiply-adds, without those of h before the first step") {
    static_assert(multiply_adds<GRU<28, 64>, Shape<28, 28>> == 28 * 192 * 28 + 27 * 192 * 64);
    static_assert(backward_multiply_adds<GRU<28, 64>, Shape<28, 28>, true> == 2 * (28 * 192 * 28 + 27 * 192 * 64));
    static_assert(backward_multiply_adds<GRU<28, 64>, Shape<28, 28>, false> == 28 * 192 * 28 + 2 * 27 * 192 * 64);
    static_assert(multiply_adds<LSTM<3, 4, two_layers_both_last>, Shape<5, 3>> == 2 * 16 * (5 * 3 + 4 * 4) + 2 * 16 * (5 * 8 + 4 * 4));
}

TEST_CASE("Recurrent layers: in a network, and frozen") {
    using Net = Sequential<Reshape<4, 3>, GRU<3, 4, both>, LSTM<8, 3, Recurrent{.layers = 2}>, RNN<3, 2, last>, Linear<2, 2>>;
    const auto trained = check_gradients<Net, Shape<1, 4, 3>>();
    INFO(trained.worst.view());
    CHECK(trained.passed);
    const auto frozen = check_gradients<Net, Shape<1, 4, 3>, Mode::frozen>();
    INFO(frozen.worst.view());
    CHECK(frozen.passed);
}

// Gates that are wide open or shut, and sums of more than exp() holds.
TEST_CASE_TEMPLATE("Recurrent layers: a long sequence of large numbers does not overflow", Layer, RNN<2, 3>, GRU<2, 3>, LSTM<2, 3>) {
    using In = Shape<300, 2>;
    const auto parameters = random_parameters<Layer, In, float>(3);
    const auto x = random_numbers<float>(In::size, 4, 1e4), dy = random_numbers<float>(300 * 3, 5);
    const auto run = run_layer<Layer, In, native_width<float>>(parameters, x, dy);
    CHECK(std::ranges::all_of(run.y, [](float y) { return std::abs(y) <= 1; }));
    CHECK(std::ranges::all_of(run.dx, [](float dx) { return std::isfinite(dx); }));
    for (const auto& gradient : run.gradients) CHECK(std::ranges::all_of(gradient, [](float g) { return std::isfinite(g); }));
}

static_assert(right_as_constant<RNN<1, 1, two_layers_both_last>, Shape<2, 1>>);
