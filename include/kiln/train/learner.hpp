// Learner: a network with its numbers, its training and its predictions in one piece of memory: no heap, no exceptions, no threads, no
// tensors. For a device that learns where it stands, or an audio thread that may not wait.
//
//     using Gestures = kiln::Learner<Net, kiln::Shape<16>, kiln::CrossEntropy, kiln::Adam, kiln::Static<64_KiB>>;
//     static_assert(Gestures::bytes(8) <= 64_KiB);                          // minibatches of 8
//     static Gestures learner{kiln::Seed{1}, {}, {.learning_rate = 0.01}};
//     const auto [status, score] = learner.step(x, labels);                 // x: 8 x 16 numbers, labels: 8 of them
//     learner.predict(x, y);                                                // y: a row of outputs for each sample
//
// The parameters are in PyTorch's order, each array padded to 16 numbers, as a Model's: they may be copied from one to the other. The
// same steps give the same bits as a Trainer's of as many shards; by default there is one, which takes the least memory.
#pragma once
#include <array>
#include <cmath>
#include <concepts>
#include "kiln/core/initialise.hpp"
#include "kiln/core/storage.hpp"
#include "kiln/losses/accuracy.hpp"
#include "kiln/model/infer.hpp"
#include "kiln/train/stepper.hpp"

namespace kiln {

struct LearnerOptions {
    std::uint64_t seed = 0;  // of dropout and the like
    double clip_norm = 0;    // the largest norm of the gradient; 0: no limit
    Schedule schedule = {};  // of the learning rate
    std::size_t steps = 0;   // for the schedule: how many there will be in all,
    std::size_t steps_per_epoch = 0;  // and in an epoch
};

// What became of a step: the score of the minibatch before it; or why there was none, and then nothing has changed.
struct StepResult {
    Status status = Status::ok;
    Score score{};
};

template <class Net, class Input, class Loss, class Optimizer, class Storage = Heap, class T = float, std::size_t Shards = 1, std::size_t Width = 0>
class Learner {
public:
    using L = Lanes<T, width_or_default<Net, Input, T, Width>>;
    using Output = output_of<Net, Input>;
    using Stepper = kiln::Stepper<Net, Input, Loss, Optimizer, L>;
    using Target = typename Stepper::Target;
    using Parameters = parameters_of<Net, Input>;
    using Buffers = buffers_of<Net, Input>;
    using TargetNumber = std::conditional_t<is_classes<Target>, int, T>;

    // All the memory that minibatches of so many samples take.
    static constexpr std::size_t bytes(std::size_t batch) { return training_bytes<Net, Input, Optimizer, Loss, T, Width>(batch, 1, Shards); }

    // OptionError where an option is out of its range (core/error.hpp says what becomes of it without exceptions).
    Learner(Seed seed, Loss loss, Optimizer optimizer, LearnerOptions options = {}, Storage storage = {})
        : options_(std::move(options)), stepper_((check_loss(loss, last_axis<Output>), std::move(loss)), std::move(optimizer), Shards, options_.seed), memory_(storage) {
        check_option(options_.clip_norm >= 0, "Learner", "clip_norm", options_.clip_norm, "0 (no limit) or positive");
        if (reserve(1)) start<Net, Input>(parameters().data(), buffers().data(), seed.value);
    }

    Learner(const Learner&) = delete;

    // The largest minibatch that there is memory for; 0 where there is not even enough for one sample.
    std::size_t capacity() const {
        std::size_t most = 0;
        for (std::size_t step = std::bit_floor(memory_.capacity()); step > 0; step /= 2)
            if (most + step <= largest_batch && bytes(most + step) <= memory_.capacity()) most += step;
        return most;
    }

    // Trains on one minibatch: its samples' numbers one after another, and its targets': a label for each sample, or as many numbers as
    // the network gives. Status::data where they do not fit, or a label is no class; Status::memory where there is too little;
    // Status::divergence where the loss is not finite. Only with Status::ok has anything changed.
    StepResult step(std::span<const T> x, std::span<const TargetNumber> targets) {
        const std::size_t count = x.size() / Input::size;
        if (count == 0 || count * Input::size != x.size() || targets.size() != count * Stepper::Goal::size || !are_tokens(x)) return {Status::data};
        if (!reserve(count)) return {Status::memory};
        const T* goals = nullptr;
        if constexpr (is_classes<Target>) {
            for (std::size_t i = 0; i < targets.size(); ++i) {
                if (targets[i] < 0 || targets[i] >= static_cast<int>(last_axis<Output>)) return {Status::data};
                stepper_.labels()[i] = static_cast<T>(targets[i]);
            }
            goals = stepper_.labels();
        } else goals = targets.data();
        stepper_.prepare(options_.schedule, {stepper_.steps(), options_.steps, options_.steps_per_epoch});
        const auto outcome = stepper_.step(parameters(), buffers(), Rows<Input, typename Stepper::Goal, T>{x.data(), count, goals}, stepper_.first(count),
                                           options_.clip_norm, 1);
        if (outcome.broken) return {Status::divergence};
        return {Status::ok, Stepper::score(outcome.totals, 1, count)};
    }

    // The network's outputs for some samples, one row after another.
    Status predict(std::span<const T> x, std::span<T> y) {
        if (y.size() != x.size() / Input::size * Output::size) return Status::data;
        return each_tile(x, [&](std::span<const SampleIndex> which, View<Output, L> out) {
            store_rows(static_cast<const L*>(out.data), Output::size, which.size(), y.data() + which.front() * Output::size, Output::size);
        });
    }
    // The classes of the largest outputs: one for each sample or, where the output is a row of classes for each step, one for each step.
    Status classify(std::span<const T> x, std::span<int> labels)
        requires(Output::rank == 1 || Output::rank == 2)
    {
        constexpr std::size_t answers = Output::size / last_axis<Output>;
        if (labels.size() != x.size() / Input::size * answers) return Status::data;
        return each_tile(x, [&](std::span<const SampleIndex> which, View<Output, L> out) {
            for (std::size_t r = 0; r < answers; ++r) {
                const auto best = to_lanes(argmax(as_const(rows(out).row(r))));
                for (std::size_t i = 0; i < which.size(); ++i) labels[which[i] * answers + r] = static_cast<int>(best[i]);
            }
        });
    }

    // All parameters, all buffers; empty where there is no memory for them.
    std::span<T> parameters() { return {reinterpret_cast<T*>(base_), base_ ? Parameters::extent : 0}; }
    std::span<T> buffers() { return {reinterpret_cast<T*>(base_ ? base_ + at.buffers : nullptr), base_ ? Buffers::extent : 0}; }
    std::size_t steps() const { return stepper_.steps(); }

private:
    static constexpr std::size_t largest_batch = std::size_t{1} << 24;
    static constexpr NumbersMemory at = numbers_memory<Net, Input, T>();

    bool reserve(std::size_t samples) {
        const auto layout = Stepper::memory(samples, 1, Shards, at.bytes);
        std::byte* const bytes = memory_.reserve(layout.bytes, layout.fixed());
        if (!bytes) return false;
        base_ = bytes;
        stepper_.use(bytes, layout);
        return true;
    }
    static bool are_tokens(std::span<const T> x) {
        if constexpr (is_tokens<Input>)
            for (const T token : x)
                if (!(token >= 0 && token < static_cast<T>(Input::vocabulary) && token == std::floor(token))) return false;
        return true;
    }
    // Predictions run where training does.
    Status each_tile(std::span<const T> x, auto&& consume) {
        const std::size_t count = x.size() / Input::size;
        if (count * Input::size != x.size() || !are_tokens(x)) return Status::data;
        if (!reserve(1)) return Status::memory;
        infer_tiles<Net, Input>(stepper_.workspace(), parameters().data(), buffers().data(), Rows<Input, Shape<1>, T>{x.data(), count}, 0,
                                (count + lane_count<L> - 1) / lane_count<L>, consume);
        return Status::ok;
    }

    LearnerOptions options_;
    Stepper stepper_;
    typename Storage::Memory memory_;
    std::byte* base_ = nullptr;
};

// What does not go together is one error, a sentence; the learner then does nothing, so that what follows adds no error of its own.
template <class Net, class Input, class Loss, class Optimizer, class Storage, class T, std::size_t Shards, std::size_t Width>
    requires(!detail::Learns<Net, Input, Loss, Optimizer>)
class Learner<Net, Input, Loss, Optimizer, Storage, T, Shards, Width> {
    static_assert((refuse<detail::learning_fault<Net, Input, Loss, Optimizer>>(), true));

public:
    static constexpr std::size_t bytes(std::size_t) { return 0; }
    Learner(Seed, Loss, Optimizer, LearnerOptions = {}, Storage = {}) {}
    std::size_t capacity() const { return 0; }
    StepResult step(const auto&...) { return {}; }
    Status predict(const auto&...) { return {}; }
    Status classify(const auto&...) { return {}; }
    std::span<T> parameters() { return {}; }
    std::span<T> buffers() { return {}; }
    std::size_t steps() const { return 0; }
};

}  // namespace kiln
