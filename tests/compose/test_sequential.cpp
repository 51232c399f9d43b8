#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/gelu.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/leaky_relu.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/sigmoid.hpp"
#include "kiln/layers/silu.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/constant.hpp"
#include "support/run_layer.hpp"

using namespace kiln;

namespace {
using Parameters = std::vector<std::vector<float>>;
constexpr std::size_t width = native_width<float>;

// The same as run_layer<Sequential<Layers...>>, but each layer by itself, with memory of its own.
template <class In>
LayerRun<float> one_by_one(Parameters, std::vector<float> x, const std::vector<float>& dy, RunOptions) {
    return {x, dy, {}, {}};
}
template <class In, class Layer, class... Rest>
LayerRun<float> one_by_one(Parameters parameters, std::vector<float> x, const std::vector<float>& dy,
                           RunOptions options) {
    std::vector<float> flat(parameters_of<Layer, In>::extent);
    std::ptrdiff_t count = 0;
    visit<parameters_of<Layer, In>>(flat.data(), [&](const std::string&, auto) { ++count; });
    const Parameters own(parameters.begin(), parameters.begin() + count),
        others(parameters.begin() + count, parameters.end());

    const std::vector<float> y = run_layer<Layer, In, width, Mode::inference>(own, x, {}).y;
    auto rest = one_by_one<output_of<Layer, In>, Rest...>(others, y, dy, options);
    auto run = run_layer<Layer, In, width>(own, x, rest.dx, options);
    CHECK(run.y == y);
    run.y = rest.y;
    run.gradients.insert(run.gradients.end(), rest.gradients.begin(), rest.gradients.end());
    return run;
}

template <class Net> struct unpack;
template <class... Layers> struct unpack<Sequential<Layers...>> {
    template <class In>
    static LayerRun<float> run(const Parameters& p, const std::vector<float>& x, const std::vector<float>& dy,
                               RunOptions options) {
        return one_by_one<In, Layers...>(p, x, dy, options);
    }
};

// The chain, in memory that its layers share, gives the bits that its layers give one by one.
template <class Net, class In> void check_memory() {
    const auto parameters = random_parameters<Net, In, float>(3);
    for (std::size_t samples : {std::size_t{1}, 3 * width + 1}) {
        const auto x = random_numbers<float>(samples * In::size, 1),
                   dy = random_numbers<float>(samples * output_of<Net, In>::size, 2);
        const RunOptions options{.shards = 2};
        const auto chain = run_layer<Net, In, width>(parameters, x, dy, options);
        const auto single = unpack<Net>::template run<In>(parameters, x, dy, options);
        CHECK(chain.y == single.y);
        CHECK(chain.dx == single.dx);
        CHECK(chain.gradients == single.gradients);
        CHECK(run_layer<Net, In, width, Mode::inference>(parameters, x, {}).y == single.y);
        const auto frozen = run_layer<Net, In, width, Mode::frozen>(parameters, x, dy, options);
        CHECK(frozen.y == single.y);
        CHECK(frozen.dx == single.dx);
    }
}

// y = x - the mean of x over the minibatch, dx likewise.
struct Center {
    static constexpr Text name() { return "Center"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr bool in_place = true;
    static constexpr bool mixes_samples = true;
    static constexpr Reads reads = Reads::nothing;

    static void forward(auto batch) {
        subtract_mean(batch, [](auto tile) { return tile.x; }, [](auto tile) { return tile.y; });
    }
    static void backward(auto batch) {
        subtract_mean(batch, [](auto tile) { return tile.dy; }, [](auto tile) { return tile.dx; });
    }
    static void infer(auto tile) { std::copy_n(tile.x.data, tile.x.size, tile.y.data); }
    static void infer_backward(auto tile) { std::copy_n(tile.dy.data, tile.dx.size, tile.dx.data); }

private:
    static void subtract_mean(auto batch, auto from, auto to) {
        using B = decltype(batch);
        std::array<typename B::T, B::In::size> mean;
        batch.total(mean, [&](auto tile, auto& sum) {
            for (std::size_t i = 0; i < mean.size(); ++i) sum[i] += tile.alive() * from(tile)[i];
        });
        batch.for_each_tile([&](auto tile) {
            for (std::size_t i = 0; i < mean.size(); ++i)
                to(tile)[i] = tile.alive() *
                              (from(tile)[i] - typename B::L(mean[i] / static_cast<typename B::T>(batch.samples())));
        });
    }
};
}  // namespace

TEST_CASE("Sequential: layers that share memory give what they give one by one") {
    SUBCASE("LeNet in small") {
        check_memory<Sequential<Conv<1, 3, 3>, ReLU, AvgPool<2>, Conv<3, 4, 3>, Tanh, Flatten, Linear<16, 7>, ReLU,
                                Linear<7, 5>>,
                     Shape<1, 10, 10>>();
    }
    SUBCASE("activations that read x and y in turn") {
        check_memory<Sequential<Linear<6, 6>, GELU, Tanh, SiLU, Sigmoid, ReLU, GELU, GELU, Tanh>, Shape<2, 6>>();
    }
    SUBCASE("in place at both ends") {
        check_memory<Sequential<ReLU, Flatten, Linear<6, 4>, Identity, Softmax>, Shape<2, 3>>();
    }
    SUBCASE("one layer") { check_memory<Sequential<Tanh>, Shape<5>>(); }
    SUBCASE("chains in chains") {
        using Inner = Sequential<Linear<5, 5>, Tanh>;
        check_memory<Sequential<Inner, ReLU, Sequential<Sequential<GELU>, Inner, Flatten>, Linear<15, 3>>,
                     Shape<3, 5>>();
    }
}

TEST_CASE("Sequential: nesting changes nothing") {
    using Flat = Sequential<Linear<5, 6>, Tanh, Linear<6, 4>, GELU, Linear<4, 3>>;
    using Nested = Sequential<Sequential<Linear<5, 6>, Tanh>, Sequential<Linear<6, 4>, Sequential<GELU, Linear<4, 3>>>>;
    const auto parameters = random_parameters<Flat, Shape<5>, float>(3);
    const auto x = random_numbers<float>(21 * 5, 1), dy = random_numbers<float>(21 * 3, 2);
    const auto flat = run_layer<Flat, Shape<5>, width>(parameters, x, dy),
               nested = run_layer<Nested, Shape<5>, width>(parameters, x, dy);
    CHECK(nested.y == flat.y);
    CHECK(nested.dx == flat.dx);
    CHECK(nested.gradients == flat.gradients);
    CHECK(flat.names == std::vector<std::string>{"0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias"});
    CHECK(nested.names ==
          std::vector<std::string>{"0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias", "1.1.1.weight", "1.1.1.bias"});
}

TEST_CASE("Sequential: an in-place activation takes no memory where nobody reads its x again") {
    using With = Sequential<Linear<5, 8>, ReLU, Linear<8, 3>>;
    using Without = Sequential<Linear<5, 8>, Linear<8, 3>>;
    using NotInPlace = Sequential<Linear<5, 8>, GELU, Linear<8, 3>>;
    constexpr auto kept = []<class Net>(std::type_identity<Net>) {
        return workspace<Net, Shape<5>, Mode::training>.kept;
    };
    CHECK(kept(std::type_identity<With>{}) == kept(std::type_identity<Without>{}));
    CHECK(kept(std::type_identity<NotInPlace>{}) == kept(std::type_identity<Without>{}) + 8);
    // Inference: only what lives at one time.
    using Deep = Sequential<Linear<5, 8>, Linear<8, 8>, Linear<8, 8>, Linear<8, 8>, Linear<8, 3>>;
    constexpr Workspace deep = workspace<Deep, Shape<5>, Mode::inference>;
    CHECK(deep.kept + deep.scratch <= 2 * 8 + scratch_of<Linear<8, 8>, Shape<8>>::extent);
}

TEST_CASE("Sequential: a maximum is taken before an increasing activation, with the same numbers") {
    using Net = Sequential<Conv<1, 3, 3>, Tanh, MaxPool<2>, LeakyReLU<>, ReLU, MaxPool<2>, Flatten>;
    using Execution = Net::Execution;
    static_assert(
        std::is_same_v<Execution,
                       Chain<LayerList<Conv<1, 3, 3>, MaxPool<2>, MaxPool<2>, Tanh, LeakyReLU<>, ReLU, Flatten>>>);
    static_assert(std::is_same_v<Sequential<GELU, MaxPool<2>>::Execution::Layer<0>, GELU>);  // GELU falls first
    static_assert(std::is_same_v<Sequential<Tanh, AvgPool<2>>::Execution::Layer<0>, Tanh>);
    const auto check = check_gradients<Net, Shape<1, 10, 10>>();
    INFO(check.worst.view());
    CHECK(check.passed);

    const auto parameters = random_parameters<Net, Shape<1, 10, 10>, float>(3);
    const auto x = random_numbers<float>(11 * 100, 1), dy = random_numbers<float>(11 * 12, 2);
    const auto run = run_layer<Net, Shape<1, 10, 10>, width>(parameters, x, dy);
    const auto written = unpack<Net>::run<Shape<1, 10, 10>>(parameters, x, dy, {});
    CHECK(run.y == written.y);
    REQUIRE(run.dx.size() == written.dx.size());
    // Sums of up to 27 products of numbers below 1, added in another order.
    for (std::size_t i = 0; i < run.dx.size(); ++i) CHECK(std::abs(run.dx[i] - written.dx[i]) <= 30 * 6e-8F);
}

TEST_CASE(
    "Sequential: a layer that mixes samples sees the whole minibatch, with the same bits on any number of threads") {
    using Net = Sequential<Linear<4, 5>, Center, Tanh, Sequential<Center, Linear<5, 3>>>;
    for (std::size_t samples : {std::size_t{1}, std::size_t{7}, 5 * width + 3}) {
        CAPTURE(samples);
        const auto parameters = random_parameters<Net, Shape<4>, float>(3);
        const auto x = random_numbers<float>(samples * 4, 1), dy = random_numbers<float>(samples * 3, 2);
        const auto one = run_layer<Net, Shape<4>, width>(parameters, x, dy, {.shards = 4, .threads = 1});
        for (std::size_t threads : {2U, 3U, 7U}) {
            CAPTURE(threads);
            const auto more = run_layer<Net, Shape<4>, width>(parameters, x, dy, {.shards = 4, .threads = threads});
            CHECK(more.y == one.y);
            CHECK(more.dx == one.dx);
            CHECK(more.gradients == one.gradients);
        }
        // Centred columns have no mean, so the bias of a Linear before them has no gradient, and the mean of y is
        // that of the last bias.
        for (float g : one.gradients[1]) CHECK(std::abs(g) <= 1e-6F * static_cast<float>(samples));
        for (std::size_t o = 0; o < 3; ++o) {
            double mean = 0;
            for (std::size_t s = 0; s < samples; ++s)
                mean += static_cast<double>(one.y[s * 3 + o]) / static_cast<double>(samples);
            CHECK(mean == doctest::Approx(static_cast<double>(parameters[3][o])).epsilon(1e-5));
        }
    }
    const auto check = check_gradients<Net, Shape<4>>({.samples = 5});
    INFO(check.worst.view());
    CHECK(check.passed);
    CHECK(check_gradients<Net, Shape<4>, Mode::frozen>().passed);
}

TEST_CASE("Sequential: the shards cut the sums, the threads do not") {
    using Net = Sequential<Linear<6, 5>, Tanh, Linear<5, 4>>;
    const std::size_t samples = 11 * width + 1;
    const auto parameters = random_parameters<Net, Shape<6>, float>(3);
    const auto x = random_numbers<float>(samples * 6, 1), dy = random_numbers<float>(samples * 4, 2);
    for (std::size_t shards : {1U, 2U, 8U}) {
        CAPTURE(shards);
        const auto one = run_layer<Net, Shape<6>, width>(parameters, x, dy, {.shards = shards, .threads = 1});
        for (std::size_t threads : {2U, 5U})
            CHECK(
                run_layer<Net, Shape<6>, width>(parameters, x, dy, {.shards = shards, .threads = threads}).gradients ==
                one.gradients);
    }
}

TEST_CASE("Sequential: multiply-adds, forward and back to the first trained layer") {
    using Net = Sequential<Flatten, Linear<12, 5>, ReLU, Linear<5, 4>>;
    static_assert(multiply_adds<Net, Shape<3, 4>> == 12 * 5 + 5 * 4);
    static_assert(backward_multiply_adds<Net, Shape<3, 4>, false> == 12 * 5 + 2 * 5 * 4);
    CHECK(backward_multiply_adds<Net, Shape<3, 4>, true> == 2 * 12 * 5 + 2 * 5 * 4);
}

static_assert(right_as_constant<Sequential<Conv<1, 2, 2>, Tanh, MaxPool<2>, Flatten, Linear<8, 2>, Softmax>, Shape<1, 5, 5>>);
