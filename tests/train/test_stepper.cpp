#include <doctest/doctest.h>
#include "kiln/core/initialise.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/stepper.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using LeNet5 = Sequential<Conv<1, 6, 5>, ReLU, AvgPool<2>, Conv<6, 16, 5>, ReLU, AvgPool<2>, Flatten, Linear<256, 120>, ReLU, Linear<120, 84>, ReLU, Linear<84, 10>>;
using Image = Shape<1, 28, 28>;
constexpr std::size_t flat = sizeof(float) * parameters_of<LeNet5, Image>::extent;  // parameters, a gradient or a moment

// A chain's activations, their gradients and what its layers keep and work in, every array by itself; in lane vectors.
template <class Net, class In> constexpr std::size_t unshared = []<std::size_t... I>(std::index_sequence<I...>) {
    return 2 * In::size + (0 + ... + (2 * output_of<typename Net::template Layer<I>, typename Net::template Input<In, I>>::size +
                                      workspace<typename Net::template Layer<I>, typename Net::template Input<In, I>, Mode::training>.kept +
                                      workspace<typename Net::template Layer<I>, typename Net::template Input<In, I>, Mode::training>.scratch));
}(std::make_index_sequence<Net::count>{});

// Where a layer writes a dx that nobody wants, there must be room for it.
template <std::size_t N> struct Scale {
    static constexpr Text name() { return "Scale"; }
    template <class In> static constexpr bool accepts = In::size == N;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"scale", Shape<N>>>;
    static void init(auto parameters, auto&&) { std::get<0>(parameters).fill(2); }
    static void forward(auto tile) {
        for (std::size_t i = 0; i < N; ++i) tile.y[i] = tile.x[i] * typename decltype(tile)::L(std::get<0>(tile.parameters)[i]);
    }
    static void backward(auto tile) {
        for (std::size_t i = 0; i < N; ++i) {
            tile.dx[i] = tile.dy[i] * typename decltype(tile)::L(std::get<0>(tile.parameters)[i]);
            if constexpr (tile.wants_gradient) std::get<0>(tile.gradient)[i] += sum(tile.dy[i] * tile.x[i]);
        }
    }
};
template <class Net, class In> constexpr std::size_t bytes_of = training_bytes<Net, In, SGD, CrossEntropy, float, 1>(1, 1, 1);
}  // namespace

// Every array alone would take 2.72 MB with the trainer's four shards, 2.18 MB with one; the plan takes 1.89 MB and 1.36 MB (with 16 lanes).
TEST_CASE("stepper: LeNet-5 trains in 30 % less than its arrays take, each by itself") {
    constexpr std::size_t lanes = tile_width<LeNet5, Image, float>, tile = sizeof(float) * lanes * (unshared<LeNet5, Image> + 1);
    constexpr auto naive = [](std::size_t shards) { return (1 + 2 + shards) * flat + tile; };
    constexpr std::size_t four = training_bytes<LeNet5, Image, Adam>(64), one = training_bytes<LeNet5, Image, Adam>(64, 1, 1);
    static_assert(default_shards<LeNet5, Image> == 4);
    MESSAGE("LeNet-5, batch 64, one thread: " << four << " bytes instead of " << naive(4) << ", with one shard " << one << " instead of " << naive(1));
    CHECK(four < naive(4) * 7 / 10);
    CHECK(one < naive(1) * 7 / 10);
}

TEST_CASE("stepper: its memory is the sum of what it is for, and grows as it must") {
    using L = Lanes<float, native_width<float>>;
    using Plain = Stepper<LeNet5, Image, CrossEntropy, Adam, L>;
    constexpr auto memory = [](std::size_t samples, std::size_t threads, std::size_t shards) { return Plain::memory(samples, threads, shards); };
    static_assert(memory(64, 1, 4).fixed() == 2 * flat + 4 * flat);  // Adam's moments, a gradient for each shard
    static_assert(Stepper<LeNet5, Image, CrossEntropy, SGD, L>::memory(64, 1, 4).fixed() == 4 * flat + SGD::moments * flat);
    // A thread more is a workspace more, a sample more its index and label.
    constexpr std::size_t workspace = memory(64, 2, 4).bytes - memory(64, 1, 4).bytes;
    static_assert(memory(64, 5, 4).bytes == memory(64, 1, 4).bytes + 4 * workspace);
    static_assert(memory(64 + 1024, 1, 4).bytes == memory(64, 1, 4).bytes + 1024 * (sizeof(SampleIndex) + sizeof(float)));
    // With a layer that mixes samples every tile has one.
    using Mixing = Stepper<Sequential<Linear<4, 6>, BatchNorm<6>, Linear<6, 3>>, Four, CrossEntropy, SGD, L>;
    static_assert(Mixing::changes_buffers && !Plain::changes_buffers);
    static_assert(Mixing::memory(4 * lane_count<L>, 1, 1).bytes > Mixing::memory(2 * lane_count<L>, 1, 1).bytes + 2 * sizeof(L) * (4 + 6 + 6));
    // And it begins where it is told to.
    static_assert(Plain::memory(64, 1, 4, 640).bytes == memory(64, 1, 4).bytes + 640 && Plain::memory(64, 1, 4, 640).moments == 640);
    CHECK(training_bytes<LeNet5, Image, Adam>(64, 2) == training_bytes<LeNet5, Image, Adam>(64, 2, 4));
}

TEST_CASE("stepper: a network's own dx takes memory only where a layer writes it unasked") {
    static_assert(all_skip_dx<LeNet5, Image> && all_skip_dx<Sequential<Linear<4, 6>, BatchNorm<6>>, Four>);
    static_assert(!all_skip_dx<Scale<4>, Four> && !all_skip_dx<Sequential<Linear<4, 4>, Scale<4>>, Four>);
    static_assert(bytes_of<Sequential<Scale<1024>, Linear<1024, 2>>, Shape<1024>> - bytes_of<Sequential<Linear<1024, 2>>, Shape<1024>> >=
                  sizeof(float) * 3 * 1024 + 2 * sizeof(float) * 1024);  // dx, y and dy of Scale; its parameters and their gradient
    // Two steps with it are right: y = 2 x, and the loss is (2 x s - t)^2.
    using Net = Scale<4>;
    Stepper<Net, Four, MSE, SGD, float> stepper{{}, {.learning_rate = 0.5}, 1, 0};
    constexpr auto memory = decltype(stepper)::memory(1, 1, 1);
    AlignedVector<std::byte> bytes(memory.bytes);
    stepper.use(bytes.data(), memory);
    AlignedVector<float> parameters(parameters_of<Net, Four>::extent);
    start<Net, Four, float>(parameters.data(), nullptr, 1);
    const std::vector<float> x{1, 2, 3, 4}, t{2, 2, 8, 8};
    stepper.prepare({}, {});
    const auto outcome = stepper.step(parameters, {}, Rows<Four, Four, float>{x.data(), 1, t.data()}, stepper.first(1), 0, 1);
    CHECK(outcome.totals.loss == doctest::Approx((0 + 4 + 4 + 0) / 4.0));
    for (std::size_t i = 0; i < 4; ++i) CHECK(parameters[i] == doctest::Approx(2 - 0.5 * 2 * (2 * x[i] - t[i]) * x[i] / 4));
}
