#include <doctest/doctest.h>
#include <cmath>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/multihead_attention.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::AttentionOptions, kiln::Causal, kiln::MultiheadAttention, kiln::NoMask, kiln::Shape;

namespace {
// With holes: itself and the tokens an even distance away.
struct EverySecond {
    static constexpr bool allows(std::size_t query, std::size_t key) { return (query + key) % 2 == 0; }
};
struct Neighbours {
    static constexpr bool allows(std::size_t query, std::size_t key) { return key <= query + 1 && query <= key + 1; }
};
// Token 0 sees nothing.
struct Before {
    static constexpr bool allows(std::size_t query, std::size_t key) { return key < query; }
};
// Nobody sees the last tokens.
struct FirstTwo {
    static constexpr bool allows(std::size_t, std::size_t key) { return key < 2; }
};

// The definition, in plain numbers.
template <std::size_t F, std::size_t H, class Mask = NoMask> void reference(Sample& s) {
    constexpr std::size_t D = F / H;
    const std::size_t tokens = s.x.size() / F;
    const auto value = [](const Numbers& numbers, std::size_t i) { return numbers[i].value; };
    const auto &w_in = s.parameters[0], &b_in = s.parameters[1], &w_out = s.parameters[2], &b_out = s.parameters[3];
    std::vector<double> qkv(tokens * 3 * F), mixed(tokens * F), dqkv(tokens * 3 * F), dmixed(tokens * F);
    for (std::size_t t = 0; t < tokens; ++t)
        for (std::size_t o = 0; o < 3 * F; ++o) {
            qkv[t * 3 * F + o] = value(b_in, o);
            for (std::size_t i = 0; i < F; ++i) qkv[t * 3 * F + o] += value(w_in, o * F + i) * value(s.x, t * F + i);
        }
    for (std::size_t t = 0; t < tokens; ++t)
        for (std::size_t o = 0; o < F; ++o)
            for (std::size_t i = 0; i < F; ++i) dmixed[t * F + i] += value(w_out, o * F + i) * value(s.dy, t * F + o);
    for (std::size_t h = 0; h < H; ++h)
        for (std::size_t t = 0; t < tokens; ++t) {
            std::vector<double> p(tokens), dp(tokens);
            double total = 0, mean = 0;
            for (std::size_t u = 0; u < tokens; ++u) {
                if (!Mask::allows(t, u)) continue;
                double score = 0;
                for (std::size_t d = 0; d < D; ++d) score += qkv[t * 3 * F + h * D + d] * qkv[u * 3 * F + F + h * D + d];
                total += p[u] = std::exp(score / std::sqrt(double{D}));
            }
            for (std::size_t u = 0; u < tokens; ++u) {
                p[u] /= total;
                for (std::size_t d = 0; d < D; ++d) {
                    const std::size_t at = h * D + d;
                    mixed[t * F + at] += p[u] * qkv[u * 3 * F + 2 * F + at];
                    dqkv[u * 3 * F + 2 * F + at] += p[u] * dmixed[t * F + at];
                    dp[u] += dmixed[t * F + at] * qkv[u * 3 * F + 2 * F + at];
                }
                mean += p[u] * dp[u];
            }
            for (std::size_t u = 0; u < tokens; ++u)
                for (std::size_t d = 0; d < D; ++d) {
                    const double ds = p[u] * (dp[u] - mean) / std::sqrt(double{D});
                    dqkv[t * 3 * F + h * D + d] += ds * qkv[u * 3 * F + F + h * D + d];
                    dqkv[u * 3 * F + F + h * D + d] += ds * qkv[t * 3 * F + h * D + d];
                }
        }
    for (std::size_t t = 0; t < tokens; ++t) {
        for (std::size_t o = 0; o < F; ++o) {
            double y = value(b_out, o);
            for (std::size_t i = 0; i < F; ++i) {
                y += value(w_out, o * F + i) * mixed[t * F + i];
                s.gradients[2][o * F + i] += Bounded(value(s.dy, t * F + o) * mixed[t * F + i]);
            }
            s.y[t * F + o] = y;
            s.gradients[3][o] += s.dy[t * F + o];
        }
        for (std::size_t o = 0; o < 3 * F; ++o) {
            s.gradients[1][o] += Bounded(dqkv[t * 3 * F + o]);
            for (std::size_t i = 0; i < F; ++i) {
                s.dx[t * F + i] += Bounded(value(w_in, o * F + i) * dqkv[t * 3 * F + o]);
                s.gradients[0][o * F + i] += Bounded(dqkv[t * 3 * F + o] * value(s.x, t * F + i));
            }
        }
    }
}
// A chain of three products and a softmax: an error of rounding in the first passes through the others.
constexpr Precision chained{.ulps = 64, .in_float = 2e-5, .in_double = 1e-10};
}  // namespace

TEST_CASE("MultiheadAttention: every token mixes what all tokens offer") {
    check_layer_in_all_lanes<MultiheadAttention<6, 2>, Shape<5, 6>>(reference<6, 2>, chained);
    check_layer<MultiheadAttention<8, 1>, Shape<13, 8>>(reference<8, 1>, chained);
    check_layer<MultiheadAttention<3, 3>, Shape<4, 3>>(reference<3, 3>, chained);
    check_layer<MultiheadAttention<4, 2>, Shape<1, 4>>(reference<4, 2>, chained);
}

TEST_CASE("MultiheadAttention: with a mask, what some tokens offer") {
    constexpr AttentionOptions plain{};
    check_layer<MultiheadAttention<4, 2, plain, Causal>, Shape<13, 4>>(reference<4, 2, Causal>, chained);
    check_layer<MultiheadAttention<4, 2, plain, EverySecond>, Shape<7, 4>>(reference<4, 2, EverySecond>, chained);
    check_layer<MultiheadAttention<4, 2, plain, Neighbours>, Shape<14, 4>>(reference<4, 2, Neighbours>, chained);
    check_layer<MultiheadAttention<4, 2, plain, FirstTwo>, Shape<14, 4>>(reference<4, 2, FirstTwo>, chained);
}

TEST_CASE("MultiheadAttention: the bits of a causal output do not depend on later tokens") {
    using Layer = MultiheadAttention<4, 2, AttentionOptions{}, Causal>;
    using In = Shape<9, 4>;
    const auto parameters = random_parameters<Layer, In, float>(3);
    auto x = random_numbers<float>(In::size, 4);
    const std::vector<float> dy(In::size, 1);
    const auto before = run_layer<Layer, In, kiln::native_width<float>>(parameters, x, dy);
    constexpr std::size_t seen = 5 * 4;
    for (std::size_t i = seen; i < In::size; ++i) x[i] = 1e4F * x[i];
    const auto after = run_layer<Layer, In, kiln::native_width<float>>(parameters, x, dy);
    CHECK(std::equal(before.y.begin(), before.y.begin() + seen, after.y.begin()));
    CHECK(!std::equal(before.y.begin() + seen, before.y.end(), after.y.begin() + seen));
}

TEST_CASE("MultiheadAttention: large scores do not overflow") {
    using Layer = MultiheadAttention<2, 1>;
    auto parameters = random_parameters<Layer, Shape<3, 2>, float>(3);
    for (float& w : parameters[0]) w *= 1e4F;
    const auto run = run_layer<Layer, Shape<3, 2>, kiln::native_width<float>>(parameters, random_numbers<float>(6, 4), std::vector<float>(6, 1));
    for (const float y : run.y) CHECK(std::isfinite(y));
    for (const float dx : run.dx) CHECK(std::isfinite(dx));
}

TEST_CASE("MultiheadAttention: dropout leaves out weights in training, and none at inference") {
    using Layer = MultiheadAttention<4, 2, AttentionOptions{.dropout = 0.25}>;
    using Plain = MultiheadAttention<4, 2>;
    using In = Shape<6, 4>;
    constexpr std::size_t width = kiln::native_width<float>, samples = 400;
    const auto check = kiln::check_gradients<Layer, In>();  // every run draws the same
    INFO(check.worst.view());
    CHECK(check.passed);
    const auto causal = kiln::check_gradients<MultiheadAttention<4, 2, AttentionOptions{.dropout = 0.5}, Causal>, In>();
    INFO(causal.worst.view());
    CHECK(causal.passed);

    const auto parameters = random_parameters<Layer, In, float>(3);
    auto x = random_numbers<float>(In::size, 4);
    std::vector<float> many;
    for (std::size_t s = 0; s < samples; ++s) many.insert(many.end(), x.begin(), x.end());
    const std::vector<float> dy(many.size(), 1);
    const auto run = run_layer<Layer, In, width>(parameters, many, dy, {.shards = 4, .threads = 1});
    const auto again = run_layer<Layer, In, width>(parameters, many, dy, {.shards = 4, .threads = 2});
    const auto plain = run_layer<Plain, In, width>(parameters, many, dy);
    CHECK(run.y == again.y);
    CHECK(run.dx == again.dx);
    CHECK(run.gradients == again.gradients);
    CHECK(run.y != plain.y);
    CHECK(run_layer<Layer, In, width, kiln::Mode::inference>(parameters, many, dy).y == plain.y);
    CHECK(run_layer<Layer, In, width, kiln::Mode::frozen>(parameters, many, dy).dx == plain.dx);
    CHECK(run_layer<Layer, In, width>(parameters, many, dy, {.seed = 2}).y != run.y);
    for (std::size_t i = 0; i < In::size; ++i) {  // the mean stays: 400 samples of a deviation below 0.5
        double mean = 0;
        for (std::size_t s = 0; s < samples; ++s) mean += static_cast<double>(run.y[s * In::size + i]) / samples;
        CAPTURE(i);
        CHECK(std::abs(mean - static_cast<double>(plain.y[i])) < 0.1);
    }
}

TEST_CASE("MultiheadAttention: its shapes and its words") {
    using Layer = MultiheadAttention<64, 8>;
    static_assert(std::is_same_v<kiln::output_of<Layer, Shape<50, 64>>, Shape<50, 64>>);
    static_assert(kiln::multiply_adds<Layer, Shape<50, 64>> == 50 * 64 * 4 * 64 + 2 * 50 * 50 * 64);
    static_assert(kiln::backward_multiply_adds<Layer, Shape<50, 64>, true> == 2 * kiln::multiply_adds<Layer, Shape<50, 64>>);
    static_assert(kiln::multiply_adds<MultiheadAttention<4, 2, AttentionOptions{}, Causal>, Shape<3, 4>> == 3 * 4 * 4 * 4 + 2 * 6 * 4);
    CHECK(!kiln::accepts<Layer, Shape<64>>);
    CHECK(!kiln::accepts<Layer, Shape<50, 32>>);
    CHECK(!kiln::accepts<Layer, Shape<4, 50, 64>>);
    CHECK(Layer::name().view() == "MultiheadAttention<64,8>");
    CHECK(Layer::expected<Shape<64>>().view() == "Tx64 tokens");
    using Other = MultiheadAttention<4, 2, AttentionOptions{.bias = false, .dropout = 0.5}, Causal>;
    CHECK(Other::name().view() == "MultiheadAttention<4,2,no bias,dropout 0.5,causal>");
    CHECK(!kiln::accepts<MultiheadAttention<4, 2, AttentionOptions{}, Before>, Shape<3, 4>>);
    CHECK(MultiheadAttention<4, 2, AttentionOptions{}, Before>::expected<Shape<3, 4>>().view() ==
          "a mask in which every token sees some (token 0 sees none)");
}

TEST_CASE("MultiheadAttention: starts as PyTorch's does") {
    using Layer = MultiheadAttention<16, 4>;
    std::vector<float> numbers(Layer::Parameters::extent);
    kiln::start<Layer, Shape<3, 16>>(numbers.data(), static_cast<float*>(nullptr), 1);
    const double in = std::sqrt(6.0 / (16 + 48)), out = 0.25;
    kiln::visit<Layer::Parameters>(numbers.data(), [&](const std::string& name, auto view) {
        CAPTURE(name);
        const double bound = name == "in_proj_weight" ? in : name == "out_proj.weight" ? out : 0;
        const auto [least, most] = std::minmax_element(view.begin(), view.end());
        CHECK(static_cast<double>(*least) >= -bound);
        CHECK(static_cast<double>(*least) <= -0.95 * bound);
        CHECK(static_cast<double>(*most) <= bound);
        CHECK(static_cast<double>(*most) >= 0.95 * bound);
    });
}

static_assert(right_as_constant<MultiheadAttention<4, 2>, Shape<3, 4>>);
static_assert(right_as_constant<MultiheadAttention<2, 1, AttentionOptions{.dropout = 0.5}, Causal>, Shape<2, 2>>);
