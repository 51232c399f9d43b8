#include <doctest/doctest.h>
#if defined(_OPENMP)
#include <omp.h>
#endif
#include <vector>
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/trainer.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// y = gain (x - mean of x over the minibatch), with a running mean for inference, and some noise of its own when it trains.
template <std::size_t N> struct Centre {
    static constexpr bool mixes_samples = true;
    static constexpr Text name() { return "Centre"; }
    static constexpr Text expected() { return "features"; }
    template <class In> static constexpr bool accepts = In::size == N;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"gain", Shape<N>>>;
    using Buffers = Arrays<Parameter<"running_mean", Shape<N>>>;
    using Cache = Arrays<Shape<N>>;
    static constexpr Reads reads = Reads::nothing;

    static void init(auto parameters, auto&& draw) { draw.uniform(std::get<0>(parameters), 0.5, 1.5); }

    static void forward(auto batch) {
        using Batch = decltype(batch);
        std::array<typename Batch::T, N> mean;
        batch.total(mean, [](auto tile, auto& sums) {
            for (std::size_t k = 0; k < N; ++k) sums[k] += tile.alive() * tile.x[k];
        });
        for (auto& m : mean) m /= static_cast<typename Batch::T>(batch.samples());
        batch.for_each_tile([&](auto tile) {
            using L = typename Batch::L;
            const auto [centred] = tile.kept;
            const auto [gain] = tile.parameters;
            const auto noise = tile.random();
            for (std::size_t k = 0; k < N; ++k) {
                centred[k] = tile.x[k] - L(mean[k]) + L(typename Batch::T(0.01)) * noise[k];
                tile.y[k] = L(gain[k]) * centred[k];
            }
        });
        batch.update_buffers([&](auto running) {
            for (std::size_t k = 0; k < N; ++k) running[k] += (mean[k] - running[k]) / 4;
        });
    }
    static void infer(auto tile) {
        using L = typename decltype(tile)::L;
        const auto [gain] = tile.parameters;
        const auto [running] = tile.buffers;
        for (std::size_t k = 0; k < N; ++k) tile.y[k] = L(gain[k]) * (tile.x[k] - L(running[k]));
    }
    static void backward(auto batch) {
        using Batch = decltype(batch);
        std::array<typename Batch::T, N> mean;
        batch.total(mean, [](auto tile, auto& sums) {
            for (std::size_t k = 0; k < N; ++k) sums[k] += tile.alive() * tile.dy[k];
        });
        for (auto& m : mean) m /= static_cast<typename Batch::T>(batch.samples());
        batch.for_each_tile([&](auto tile) {
            using L = typename Batch::L;
            const auto [centred] = tile.kept;
            const auto [gain] = tile.parameters;
            for (std::size_t k = 0; k < N; ++k) {
                if constexpr (tile.wants_gradient) {
                    const auto [dgain] = tile.gradient;
                    dgain[k] += sum(tile.alive() * tile.dy[k] * centred[k]);
                }
                if constexpr (tile.wants_dx) tile.dx[k] = tile.alive() * L(gain[k]) * (tile.dy[k] - L(mean[k]));
            }
        });
    }
};

using Image = Shape<1, 14, 14>;
using Convolutions = Sequential<Conv<1, 3, 3>, ReLU, MaxPool<2>, Conv<3, 5, 3>, Tanh, AvgPool<2>, Flatten, Linear<20, 13>, ReLU, Linear<13, 10>>;
using Perceptron = Sequential<Flatten, Linear<196, 21>, ReLU, Linear<21, 10>>;
using Mixing = Sequential<Linear<4, 7>, Centre<7>, Tanh, Sequential<Linear<7, 9>, Centre<9>>, ReLU, Linear<9, 3>>;

struct How {
    std::size_t threads = 1, shards = 0;
    std::uint64_t seed = 5;
    double clip_norm = 0.1;
};

// The parameters, padding included, and the buffers after 24 steps: epochs of 100, 100 and a short batch.
template <class Net> auto trained(const auto& data, const auto& optimizer, How how) {
    Model<Net, typename std::remove_cvref_t<decltype(data)>::Input> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, optimizer, {.threads = how.threads, .shards = how.shards, .seed = how.seed, .clip_norm = how.clip_norm}};
    trainer.fit(data, {.epochs = 8, .batch_size = 100, .seed = how.seed, .progress = Show::nothing});
    CHECK(trainer.steps() == 24);
    auto numbers = numbers_of(model);
    numbers.insert(numbers.end(), model.buffers().begin(), model.buffers().end());
    return numbers;
}

// The same bits for any number of threads, wherever they come from; and other bits for another recipe, so that this can fail.
template <class Net> void check_same_bits(const auto& data, const auto& optimizer) {
    const auto one = trained<Net>(data, optimizer, {});
    for (const std::size_t threads : {2U, 3U, 8U, 100U}) {
        CAPTURE(threads);
        CHECK(same_bits(trained<Net>(data, optimizer, {.threads = threads}), one));
    }
    CHECK_FALSE(same_bits(trained<Net>(data, optimizer, {.shards = 1}), one));
    CHECK_FALSE(same_bits(trained<Net>(data, optimizer, {.seed = 6}), one));
    CHECK_FALSE(same_bits(trained<Net>(data, optimizer, {.clip_norm = 0}), one));
#if defined(_OPENMP)
    // In a region of the caller's: by one thread of it, and by all of them at once, each with a model of its own.
    std::vector<decltype(trained<Net>(data, optimizer, {}))> found(4);
#pragma omp parallel num_threads(3)
    {
#pragma omp single
        found[3] = trained<Net>(data, optimizer, {.threads = 8});
        found[static_cast<std::size_t>(omp_get_thread_num())] = trained<Net>(data, optimizer, {.threads = 4});
    }
    for (const auto& numbers : found)
        if (!numbers.empty()) CHECK(same_bits(numbers, one));
    CHECK(!found[0].empty());

    // Nested, with threads of its own.
    const int levels = omp_get_max_active_levels();
    omp_set_max_active_levels(2);
#pragma omp parallel num_threads(2)
    found[static_cast<std::size_t>(omp_get_thread_num())] = trained<Net>(data, optimizer, {.threads = 3});
    omp_set_max_active_levels(levels);
    CHECK(same_bits(found[0], one));
    CHECK((found[1].empty() || same_bits(found[1], one)));

    // Fewer threads than asked for.
    const int dynamic = omp_get_dynamic();
    omp_set_dynamic(1);
    CHECK(same_bits(trained<Net>(data, optimizer, {.threads = 64}), one));
    omp_set_dynamic(dynamic);
    omp_set_max_active_levels(0);
    CHECK(same_bits(trained<Net>(data, optimizer, {.threads = 8}), one));
    omp_set_max_active_levels(levels);
#endif
}

// The gradient of the loss, from the parameters that one step of SGD with rate 1 leaves; and the loss alone, from one with rate 0.
template <class Net, class Loss, class Input = Four> struct Prober {
    using M = Model<Net, Input, double>;
    M model{Seed{3}};
    Loss loss{};
    std::size_t threads = 3, shards = 4;

    double step(const auto& x, const auto& targets, double rate) {
        Trainer trainer{model, loss, SGD{.learning_rate = rate}, {.threads = threads, .shards = shards, .seed = 8}};
        return trainer.step(x, targets).loss;
    }
    std::vector<double> gradient(const auto& x, const auto& targets) {
        const auto before = numbers_of(model);
        step(x, targets, 1);
        auto after = numbers_of(model);
        std::copy(before.begin(), before.end(), model.parameters().begin());
        for (std::size_t i = 0; i < after.size(); ++i) after[i] = before[i] - after[i];
        return after;
    }
};

template <class Net, class Input = Four> void check_gradient(std::size_t samples, const auto& loss, const auto& targets) {
    CAPTURE(samples);
    const auto x = tensor_of<Input>(cluster_values<Input, double>(samples, 3));
    Prober<Net, std::remove_cvref_t<decltype(loss)>, Input> prober{.loss = loss};
    const auto gradient = prober.gradient(x, targets);
    // Central differences: an error of h^2 |l'''| / 6, and of eps |l| / h by rounding; both below 1e-8 for a mean, and for the sum
    // of some 40 terms below 40 times that.
    const double bound = loss.reduction == Reduction::sum ? 4e-7 : 1e-8;
    const double h = 1e-5;
    double largest = 0;
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        double& p = prober.model.parameters()[i];
        const double at = p;
        p = at + h;
        const double above = prober.step(x, targets, 0);
        p = at - h;
        const double below = prober.step(x, targets, 0);
        p = at;
        CAPTURE(i);
        CHECK(std::abs(gradient[i] - (above - below) / (2 * h)) < bound);
        largest = std::max(largest, std::abs(gradient[i]));
    }
    CHECK(largest > 0.01);
}
template <class Net> void check_gradient(std::size_t samples) {
    for (const Reduction reduction : {Reduction::mean, Reduction::sum})
        check_gradient<Net>(samples, CrossEntropy{.label_smoothing = 0.1, .class_weights = {1, 2, 0.5}, .reduction = reduction}, cluster_labels(samples, 3));
}

// A class for each of three steps.
using Steps = Shape<3, 4>;
Tensor<int, 2> step_labels(std::size_t samples) {
    Tensor<int, 2> labels({samples, 3});
    for (std::size_t i = 0; i < labels.size(); ++i) labels.data()[i] = static_cast<int>((i * 7 + i / 3) % 3);
    return labels;
}

// Tiles of one register and of two; the last one with one sample, at most half full, and more than half full.
template <std::size_t Width> void check_width() {
    using M = Model<Small, Four>;
    for (std::size_t samples = 1; samples <= 2 * Width + 1; ++samples) {
        CAPTURE(Width);
        CAPTURE(samples);
        const auto x = tensor_of<Four>(cluster_values<Four>(samples, 3));
        M model{Seed{2}};
        Trainer<M, CrossEntropy, SGD, Width> trainer{model, {}, SGD{.learning_rate = 1}, {.threads = 2}};
        const double loss = trainer.step(x, cluster_labels(samples, 3)).loss;
        Model<Small, Four, double> plain{Seed{2}};
        std::copy_n(numbers_of(M{Seed{2}}).begin(), plain.parameters().size(), plain.parameters().begin());
        Trainer<Model<Small, Four, double>, CrossEntropy, SGD, 1> reference{plain, {}, SGD{.learning_rate = 1}, {.threads = 1, .shards = 1}};
        // A mean over samples of sums of ten numbers of size 1 in float: some 10 eps.
        CHECK(std::abs(loss - reference.step(x, cluster_labels(samples, 3)).loss) < 10 * 1.2e-7);
        for (std::size_t i = 0; i < plain.parameters().size(); ++i) CHECK(std::abs(static_cast<double>(model.parameters()[i]) - plain.parameters()[i]) < 20 * 1.2e-7);
    }
}
}  // namespace

TEST_CASE("engine: the same bits for any number of threads, a perceptron with momentum") {
    check_same_bits<Perceptron>(clusters<Image>(290, 10), SGD{.learning_rate = 0.1, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true});
}
TEST_CASE("engine: the same bits for any number of threads, convolutions with Adam") {
    check_same_bits<Convolutions>(clusters<Image>(207, 10), Adam{.learning_rate = 1e-2});
}
TEST_CASE("engine: the same bits for any number of threads, layers that mix samples") {
    check_same_bits<Mixing>(clusters<Four>(207, 3), Adam{.learning_rate = 1e-2});
    check_same_bits<Mixing>(clusters<Four>(290, 3), SGD{.learning_rate = 0.1, .momentum = 0.9});
}

TEST_CASE("engine: the gradient of the loss that it reports, for whole and short tiles and more shards than tiles") {
    for (const std::size_t samples : {1U, 2U, 7U, 8U, 9U, 37U}) check_gradient<Small>(samples);
}
TEST_CASE("engine: the gradient through layers that mix samples") {
    for (const std::size_t samples : {2U, 11U, 37U}) check_gradient<Mixing>(samples);
}

TEST_CASE("engine: the gradient of a loss with a class for each step, and of one of elements") {
    for (const std::size_t samples : {1U, 7U, 9U})
        for (const Reduction reduction : {Reduction::mean, Reduction::sum}) {
            check_gradient<Small, Steps>(samples, CrossEntropy{.class_weights = {1, 2, 0.5}, .reduction = reduction}, step_labels(samples));
            check_gradient<Small, Steps>(samples, CrossEntropy{.reduction = reduction}, step_labels(samples));
            check_gradient<Small>(samples, MSE{.reduction = reduction}, tensor_of<Shape<3>>(cluster_values<Shape<3>, double>(samples, 2)));
        }
}
TEST_CASE("engine: the same bits for any number of threads, a class with a weight for each step") {
    const auto run = [](std::size_t threads) {
        Model<Small, Steps> model{Seed{1}};
        Trainer trainer{model, CrossEntropy{.class_weights = {1, 2, 0.5}}, Adam{.learning_rate = 0.01}, {.threads = threads}};
        for (int i = 0; i < 5; ++i) trainer.step(tensor_of<Steps>(cluster_values<Steps>(101, 3, i)), step_labels(101));
        return numbers_of(model);
    };
    const auto one = run(1);
    for (const std::size_t threads : {2U, 3U, 8U}) CHECK(same_bits(run(threads), one));
}

TEST_CASE("engine: shards and dead lanes are rounding, not mathematics") {
    // Sums of at most 100 numbers of size 1 in another order: 100 eps apart, relative to the size of the gradient.
    const auto x = tensor_of<Four>(cluster_values<Four, double>(100, 3));
    const auto labels = cluster_labels(100, 3);
    Prober<Small, CrossEntropy> one{.threads = 1, .shards = 1};
    const auto expected = one.gradient(x, labels);
    for (const std::size_t shards : {2U, 16U, 64U}) {
        Prober<Small, CrossEntropy> prober{.threads = 3, .shards = shards};
        const auto found = prober.gradient(x, labels);
        for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - expected[i]) < 100 * 2.3e-16);
    }
}

TEST_CASE("engine: tiles of any width, however full the last one is") {
    check_width<native_width<float>>();
    check_width<2 * native_width<float>>();
    check_width<1>();
}

TEST_CASE("engine: a small minibatch after a large one, and a large one after a small one") {
    using M = Model<Mixing, Four>;
    const auto run = [](std::initializer_list<std::size_t> sizes, bool fresh) {
        M model{Seed{2}};
        std::optional<Trainer<M, CrossEntropy, SGD>> trainer;
        std::vector<double> losses;
        for (const std::size_t n : sizes) {
            if (fresh || !trainer) trainer.emplace(model, CrossEntropy{}, SGD{.learning_rate = 0.1}, TrainerOptions{.threads = 3});
            trainer->step(tensor_of<Four>(cluster_values<Four>(n, 3)), cluster_labels(n, 3));
        }
        return numbers_of(model);
    };
    // With noise that depends on the step's number only the first steps can be compared: so one step each.
    CHECK(same_bits(run({200}, true), run({200}, false)));
    M model{Seed{2}}, other{Seed{2}};
    Trainer grown{model, CrossEntropy{}, SGD{.learning_rate = 0}, {.threads = 3}};
    Trainer fresh{other, CrossEntropy{}, SGD{.learning_rate = 0}, {.threads = 1}};
    for (const std::size_t n : {3U, 200U, 1U, 97U, 16U}) {
        const auto x = tensor_of<Four>(cluster_values<Four>(n, 3));
        CHECK(grown.step(x, cluster_labels(n, 3)).loss == fresh.step(x, cluster_labels(n, 3)).loss);
    }
    CHECK(same_bits(std::vector(model.buffers().begin(), model.buffers().end()), std::vector(other.buffers().begin(), other.buffers().end())));
}

TEST_CASE("engine: the padding between parameters stays zero") {
    using Network = Sequential<Linear<4, 3>, Tanh, Linear<3, 3>>;
    Model<Network, Four> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.1, .weight_decay = 0.1}, {.clip_norm = 1}};
    trainer.fit(clusters<Four>(50, 3), {.epochs = 4, .batch_size = 7, .progress = Show::nothing});
    std::vector<bool> used(model.parameters().size());
    model.visit([&](const std::string&, auto view) {
        for (std::size_t i = 0; i < view.size; ++i) used[static_cast<std::size_t>(view.data - model.parameters().data()) + i] = true;
    });
    std::size_t padding = 0;
    for (std::size_t i = 0; i < used.size(); ++i)
        if (!used[i]) {
            CHECK(model.parameters()[i] == 0);
            ++padding;
        }
    CHECK(padding == 4 + 13 + 7 + 13);
}

TEST_CASE("engine: a loss that is not finite leaves buffers as they were, too") {
    Model<Mixing, Four> model{Seed{1}};
    Trainer trainer{model, CrossEntropy{}, Adam{}};
    auto x = tensor_of<Four>(cluster_values<Four>(20, 3));
    trainer.step(x, cluster_labels(20, 3));
    const std::vector before(model.buffers().begin(), model.buffers().end());
    CHECK(before[0] != 0);
    x(7, 2) = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(trainer.step(x, cluster_labels(20, 3)), DivergenceError);
    CHECK(same_bits(std::vector(model.buffers().begin(), model.buffers().end()), before));
}

TEST_CASE("engine: the default number of shards depends on the size of the network alone") {
    static_assert(default_shards<Small, Four> == 8);
    static_assert(default_shards<Linear<784, 512>, Shape<784>> == 4);
    static_assert(default_shards<Linear<1024, 1024>, Shape<1024>> == 2);
    Model<Small, Four> model{Seed{1}}, other{Seed{1}};
    const auto data = clusters<Four>(300, 3);
    Trainer{model, CrossEntropy{}, SGD{.learning_rate = 0.1}}.fit(data, {.progress = Show::nothing});
    Trainer{other, CrossEntropy{}, SGD{.learning_rate = 0.1}, {.shards = 8}}.fit(data, {.progress = Show::nothing});
    CHECK(same_bits(numbers_of(model), numbers_of(other)));
}
