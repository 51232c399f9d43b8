#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/constant.hpp"
#include "support/reference.hpp"

using kiln::Embedding, kiln::Shape, kiln::Tokens;

namespace {
// Tokens of which some are rare, some frequent, and 0 and the last occur.
template <class T> std::vector<T> tokens(std::size_t count, std::size_t vocabulary) {
    std::vector<T> x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = static_cast<T>(i % 3 == 0 ? i * i % vocabulary : i % 2 ? vocabulary - 1 : 0);
    return x;
}

template <std::size_t Steps, std::size_t Vocabulary, std::size_t Features, class T, std::size_t Width> void check_table() {
    using Layer = Embedding<Vocabulary, Features>;
    using In = Tokens<Steps, Vocabulary>;
    CAPTURE(Width);
    const auto parameters = random_parameters<Layer, In, T>(3);
    for (const std::size_t samples : {1U, 7U, 10U, 100U}) {
        CAPTURE(samples);
        const auto x = tokens<T>(samples * Steps, Vocabulary);
        const auto dy = random_numbers<T>(samples * Steps * Features, 6);
        const auto run = run_layer<Layer, In, Width>(parameters, x, dy, {.shards = 4, .threads = 1});
        Numbers gradient(Vocabulary * Features);
        for (std::size_t i = 0; i < x.size(); ++i)
            for (std::size_t f = 0; f < Features; ++f) {
                const std::size_t from = static_cast<std::size_t>(x[i]) * Features + f;
                REQUIRE(run.y[i * Features + f] == parameters[0][from]);
                REQUIRE(run.dx[i] == 0);
                gradient[from] += static_cast<double>(dy[i * Features + f]);
            }
        REQUIRE(run.names == std::vector<std::string>{"weight"});
        check_within(run.gradients[0], gradient, rounding);
        CHECK(run_layer<Layer, In, Width, kiln::Mode::inference>(parameters, x, dy).y == run.y);
        for (const std::size_t threads : {2U, 3U})
            CHECK(run_layer<Layer, In, Width>(parameters, x, dy, {.shards = 4, .threads = threads}).gradients == run.gradients);
    }
}
template <std::size_t Steps, std::size_t Vocabulary, std::size_t Features> void check_tables() {
    const auto check = []<class T> {
        check_table<Steps, Vocabulary, Features, T, 1>();
        check_table<Steps, Vocabulary, Features, T, kiln::native_width<T>>();
        check_table<Steps, Vocabulary, Features, T, 2 * kiln::native_width<T>>();
    };
    check.template operator()<float>();
    check.template operator()<double>();
}
}  // namespace

TEST_CASE("Embedding: the rows of the tokens, and the sums of their gradients") {
    check_tables<6, 11, 8>();
    check_tables<3, 5, 13>();
    check_tables<1, 1, 1>();
}

TEST_CASE("Embedding: its gradient is that of a Linear on one-hot vectors") {
    constexpr std::size_t steps = 4, vocabulary = 5, features = 6, samples = 9;
    const auto table = random_numbers<double>(vocabulary * features, 2), dy = random_numbers<double>(samples * steps * features, 3);
    const auto x = tokens<double>(samples * steps, vocabulary);
    std::vector<double> one_hot(x.size() * vocabulary), columns(table.size());
    for (std::size_t i = 0; i < x.size(); ++i) one_hot[i * vocabulary + static_cast<std::size_t>(x[i])] = 1;
    for (std::size_t v = 0; v < vocabulary; ++v)
        for (std::size_t f = 0; f < features; ++f) columns[f * vocabulary + v] = table[v * features + f];
    const auto looked = run_layer<Embedding<vocabulary, features>, Tokens<steps, vocabulary>, 4>({table}, x, dy);
    const auto multiplied = run_layer<kiln::Linear<vocabulary, features, kiln::Bias::none>, Shape<steps, vocabulary>, 4>({columns}, one_hot, dy);
    CHECK(looked.y == multiplied.y);
    for (std::size_t v = 0; v < vocabulary; ++v)
        for (std::size_t f = 0; f < features; ++f)
            CHECK(looked.gradients[0][v * features + f] == doctest::Approx(multiplied.gradients[0][f * vocabulary + v]).epsilon(1e-14));
}

TEST_CASE("Embedding: in a network, the gradients are those of central differences") {
    using Net = kiln::Sequential<Embedding<7, 4>, kiln::Tanh, kiln::Linear<4, 3>, kiln::Tanh>;
    const auto check = kiln::check_gradients<Net, Tokens<5, 7>>();
    INFO(check.worst.view());
    CHECK(check.passed);
    REQUIRE(check.arrays.size() == 3);  // no x: there is nothing between two tokens
    CHECK(check.arrays[0].name == "0.weight");
    CHECK(check.arrays[0].largest_gradient > 0.1);
}

TEST_CASE("Embedding: its shapes and its words") {
    using Layer = Embedding<65, 32>;
    static_assert(std::is_same_v<kiln::output_of<Layer, Tokens<64, 65>>, Shape<64, 32>>);
    static_assert(kiln::accepts<Layer, Tokens<64, 65>> && !kiln::accepts<Layer, Tokens<64, 66>> && !kiln::accepts<Layer, Shape<64>>);
    static_assert(kiln::parameters_of<Layer, Tokens<64, 65>>::size == 65 * 32);
    CHECK(Layer::name().view() == "Embedding<65,32>");
    CHECK(kiln::network_fault<Layer, Tokens<64, 70>>.view() == "Embedding<65,32> expects tokens of a vocabulary of 65, but the input gives 64 tokens of 70");
    CHECK(kiln::network_fault<Layer, Shape<1, 28, 28>>.view() ==
          "Embedding<65,32> expects tokens of a vocabulary of 65, but the input gives 1x28x28 = 784");
    CHECK(kiln::network_fault<kiln::Linear<64, 3>, Tokens<64, 70>>.view() ==
          "Linear<64,3> expects 64 features, but the input gives 64 tokens of 70: put an Embedding before it");
}

TEST_CASE("Embedding: starts as PyTorch's does, normally distributed") {
    using Parameters = Embedding<300, 20>::Parameters;
    std::vector<float> numbers(Parameters::extent);
    kiln::Draw draw{1};
    Embedding<300, 20>::init(Parameters::views(numbers.data()), draw);
    const double n = Parameters::size;
    double sum = 0, squares = 0;
    for (const float v : numbers) sum += static_cast<double>(v), squares += static_cast<double>(v * v);
    CHECK(std::abs(sum / n) < 4 / std::sqrt(n));                // four of its standard errors
    CHECK(std::abs(squares / n - 1) < 4 * std::sqrt(2 / n));
}

static_assert(right_as_constant<Embedding<3, 2>, Tokens<2, 3>>);
