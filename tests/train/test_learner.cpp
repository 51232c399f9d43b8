#include <doctest/doctest.h>
#include <limits>
#include <memory>
#include <vector>
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/losses/mse.hpp"
#include "kiln/optim/adam.hpp"
#include "kiln/optim/sgd.hpp"
#include "kiln/train/learner.hpp"
#include "kiln/train/trainer.hpp"
#include "support/allocations.hpp"
#include "support/small.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
using Normed = Sequential<Linear<4, 6>, BatchNorm<6>, Tanh, Linear<6, 3>>;
template <class Net, class Storage = Heap, std::size_t Shards = 1> using Of = Learner<Net, Four, CrossEntropy, Adam, Storage, float, Shards>;
template <class L> std::vector<float> numbers_in(L& learner) {
    std::vector<float> all(learner.parameters().begin(), learner.parameters().end());
    all.insert(all.end(), learner.buffers().begin(), learner.buffers().end());
    return all;
}

// Ten steps on minibatches of 37 and 9.
void train(auto& learner) {
    for (int i = 0; i < 10; ++i) {
        const std::size_t count = i % 2 ? 9 : 37;
        const auto x = cluster_values<Four>(count, 3, i);
        const auto labels = cluster_labels(count, 3);
        const auto [status, score] = learner.step(x, labels);
        REQUIRE(status == Status::ok);
        CHECK(score.loss > 0);
    }
}
template <class Net, std::size_t Shards> void check_as_trainer(double clip_norm) {
    Of<Net, Heap, Shards> learner{Seed{3}, {}, {.learning_rate = 0.02}, {.seed = 4, .clip_norm = clip_norm, .schedule = Cosine{}, .steps = 20}};
    train(learner);
    Model<Net, Four> model{Seed{3}};
    Trainer trainer{model, CrossEntropy{}, Adam{.learning_rate = 0.02},
                    {.threads = 2, .shards = Shards, .seed = 4, .clip_norm = clip_norm, .schedule = Cosine{}, .steps = 20}};
    for (int i = 0; i < 10; ++i) {
        const std::size_t count = i % 2 ? 9 : 37;
        trainer.step(tensor_of<Four>(cluster_values<Four>(count, 3, i)), cluster_labels(count, 3));
    }
    std::vector<float> expected(model.parameters().begin(), model.parameters().end());
    expected.insert(expected.end(), model.buffers().begin(), model.buffers().end());
    CHECK(same_bits(numbers_in(learner), expected));
    CHECK(learner.steps() == trainer.steps());

    // Its predictions too.
    const auto x = cluster_values<Four>(21, 3, 99);
    std::vector<float> y(21 * 3);
    std::vector<int> labels(21);
    CHECK(learner.predict(x, y) == Status::ok);
    CHECK(learner.classify(x, labels) == Status::ok);
    const auto wanted = model.predict(tensor_of<Four>(x));
    CHECK(same_bits(y, std::vector<float>(wanted.begin(), wanted.end())));
    const auto classes = model.classify(tensor_of<Four>(x));
    CHECK(labels == std::vector<int>(classes.begin(), classes.end()));
}
}  // namespace

TEST_CASE("learner: the same bits as a trainer's with as many shards, and the same predictions") {
    check_as_trainer<Small, 1>(0);
    check_as_trainer<Small, 8>(0.1);
    check_as_trainer<Normed, 2>(0);
}

TEST_CASE("learner: the same bits in the object, in a user's span and on the heap, and nothing is allocated but there") {
    Of<Normed> heap{Seed{1}, {}, {.learning_rate = 0.05}};
    train(heap);
    constexpr std::size_t needed = Of<Normed>::bytes(37);
    alignas(memory_alignment) static std::array<std::byte, needed> bytes;
    bytes.fill(std::byte{0xFF});
    std::vector<std::vector<float>> xs;
    for (int i = 0; i < 10; ++i) xs.push_back(cluster_values<Four>(i % 2 ? 9 : 37, 3, i));
    const auto labels = cluster_labels(37, 3);
    std::vector<float> y(37 * 3);
    const auto run = [&](auto& learner) {
        bool went_well = true;
        for (const auto& x : xs) went_well = learner.step(x, std::span{labels}.first(x.size() / 4)).status == Status::ok && went_well;
        went_well = learner.predict(xs[0], y) == Status::ok && went_well;
        return went_well;
    };

    const std::size_t before = allocations();
    Of<Normed, Borrowed> borrowed{Seed{1}, {}, {.learning_rate = 0.05}, {}, Borrowed{bytes}};
    const bool first = run(borrowed);
    static Of<Normed, Static<needed>> inside{Seed{1}, {}, {.learning_rate = 0.05}};
    const bool second = run(inside);
    const std::size_t after = allocations();
    CHECK(after == before);
    CHECK(first);
    CHECK(second);
    CHECK(same_bits(numbers_in(borrowed), numbers_in(heap)));
    CHECK(same_bits(numbers_in(inside), numbers_in(heap)));

    // On the heap it allocates when it is made and where a minibatch is the largest so far.
    Of<Normed> small{Seed{1}, {}, {}};
    REQUIRE(small.step(xs[1], std::span{labels}.first(9)).status == Status::ok);
    const std::size_t start = allocations();
    REQUIRE(small.step(xs[3], std::span{labels}.first(9)).status == Status::ok);
    CHECK(allocations() == start);
    REQUIRE(small.step(xs[0], labels).status == Status::ok);
    CHECK(allocations() == start + 1);
}

// A Model and its Trainer, after their first step; and a Learner.
template <class Net> void check_bytes(std::size_t batch, std::size_t threads) {
    const auto x = tensor_of<Four>(cluster_values<Four>(batch, 3));
    const auto labels = cluster_labels(batch, 3);
    const auto train = [&] {
        const std::size_t before = allocated_bytes();
        Model<Net, Four> model{Seed{1}};
        Trainer trainer{model, CrossEntropy{}, Adam{}, {.threads = threads}};
        trainer.step(x, labels);
        return allocated_bytes() - before;
    };
    train();  // OpenMP's threads have their own memory now
    CHECK(train() == training_bytes<Net, Four, Adam>(batch, threads));
    Of<Net> learner{Seed{1}, {}, {}};
    const std::size_t before = allocated_bytes();
    REQUIRE(learner.step(std::span{x.data(), x.size()}, labels).status == Status::ok);
    CHECK(allocated_bytes() - before == Of<Net>::bytes(batch));
}
TEST_CASE("learner: training_bytes are the bytes that are asked for, by a Model and its Trainer too") {
    for (const std::size_t threads : {1U, 2U}) {
        check_bytes<Small>(64, threads);
        check_bytes<Normed>(100, threads);
    }
}

TEST_CASE("learner: where memory is too small it says so, and how large a minibatch may be") {
    constexpr std::size_t needed = Of<Normed>::bytes(20);
    static Of<Normed, Static<needed>> learner{Seed{1}, {}, {}};
    CHECK(learner.capacity() >= 20);
    CHECK(Of<Normed>::bytes(learner.capacity()) <= needed);
    CHECK(Of<Normed>::bytes(learner.capacity() + 1) > needed);
    const std::size_t too_many = learner.capacity() + 1;
    const auto before = numbers_in(learner);
    CHECK(learner.step(cluster_values<Four>(too_many, 3), cluster_labels(too_many, 3)).status == Status::memory);
    CHECK(numbers_in(learner) == before);
    CHECK(learner.step(cluster_values<Four>(20, 3), cluster_labels(20, 3)).status == Status::ok);

    static Of<Small, Static<64>> tiny{Seed{1}, {}, {}};
    std::vector<float> y(3);
    CHECK(tiny.capacity() == 0);
    CHECK(tiny.parameters().empty());
    CHECK(tiny.buffers().empty());
    CHECK(tiny.step(cluster_values<Four>(1, 3), cluster_labels(1, 3)).status == Status::memory);
    CHECK(tiny.predict(cluster_values<Four>(1, 3), y) == Status::memory);
}

TEST_CASE("learner: what does not fit is refused, and nothing has changed") {
    Of<Small> learner{Seed{1}, {}, {}};
    const auto x = cluster_values<Four>(6, 3);
    const auto labels = cluster_labels(6, 3);
    const auto before = numbers_in(learner);
    std::vector<float> y(18);
    const auto status_of = [&](std::span<const float> inputs, std::vector<int> targets) { return learner.step(inputs, targets).status; };
    CHECK(status_of(std::span{x}.first(23), labels) == Status::data);
    CHECK(status_of({}, {}) == Status::data);
    CHECK(status_of(x, {0, 1, 2, 0, 1}) == Status::data);
    CHECK(status_of(x, {0, 1, 2, 0, 1, 3}) == Status::data);
    CHECK(status_of(x, {0, 1, 2, 0, 1, -1}) == Status::data);
    CHECK(learner.predict(x, std::span{y}.first(17)) == Status::data);
    CHECK(learner.predict(std::span{x}.first(23), std::span{y}.first(15)) == Status::data);
    auto broken = x;
    broken[5] = std::numeric_limits<float>::quiet_NaN();
    CHECK(status_of(broken, labels) == Status::divergence);
    CHECK(numbers_in(learner) == before);
    CHECK(learner.steps() == 0);
    CHECK(status_of(x, labels) == Status::ok);
    CHECK(learner.steps() == 1);
}

TEST_CASE("learner: tokens, and targets that are numbers") {
    Learner<Sequential<Embedding<5, 3>, Flatten, Linear<6, 1>>, Tokens<2, 5>, MSE, SGD> learner{Seed{2}, {}, {.learning_rate = 0.1}};
    const std::vector<float> x{0, 1, 2, 3, 4, 0}, t{1, -1, 0.5F};
    const double first = learner.step(x, t).score.loss;
    for (int i = 0; i < 100; ++i) CHECK(learner.step(x, t).status == Status::ok);
    CHECK(learner.step(x, t).score.loss < first / 100);
    for (const float none : {5.0F, -1.0F, 0.5F, std::numeric_limits<float>::quiet_NaN()}) {
        std::vector<float> y(3), other = x;
        other[3] = none;
        CHECK(learner.step(other, t).status == Status::data);
        CHECK(learner.predict(other, y) == Status::data);
    }
}

TEST_CASE("learner: an option out of its range is an error, as anywhere") {
    CHECK_THROWS_AS((Of<Small>{Seed{1}, {}, {.learning_rate = -1}}), OptionError);
    CHECK_THROWS_AS((Of<Small>{Seed{1}, {}, {}, {.clip_norm = -1}}), OptionError);
    CHECK_THROWS_AS((Of<Small>{Seed{1}, {.label_smoothing = 2}, {}}), OptionError);
}
