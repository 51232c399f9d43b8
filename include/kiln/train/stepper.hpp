// Stepper: one step of training, forward, backward and update, in memory that it is given: one piece for the optimiser's moments, the
// gradients, and the workspaces in which forward and backward run. How much that is, and where everything lies, is a function of the
// types and of how many samples, threads and shards there are: a constant where these are.
#pragma once
#include <cmath>
#include <numeric>
#include <span>
#include "kiln/losses/cross_entropy.hpp"
#include "kiln/model/training_fault.hpp"
#include "kiln/train/engine.hpp"
#include "kiln/train/history.hpp"
#include "kiln/train/update.hpp"

namespace kiln {

template <class Net, class In, class Loss, class Optimizer, class L>
class Stepper {
public:
    using T = scalar<L>;
    using Engine = kiln::Engine<Net, In, Loss, L>;
    using Target = typename Engine::Target;
    using Goal = typename Engine::Goal;
    using Update = kiln::Update<parameters_of<Net, In>, Engine, groups_of<Optimizer>>;
    // Only layers that mix samples update buffers.
    static constexpr bool changes_buffers = buffers_of<Net, In>::extent > 0 && mixes_samples<Net>;

    // In bytes from the first. What comes before `fixed` holds from step to step, and is zero before the first; what follows depends on
    // the samples and threads.
    struct Memory {
        std::size_t first, moments;
        typename Engine::Memory engine;
        std::size_t buffers_before, order, labels, bytes;
        constexpr std::size_t fixed() const { return engine.fixed; }
    };
    static constexpr Memory memory(std::size_t samples, std::size_t threads, std::size_t shards, std::size_t first = 0) {
        ByteLayout layout{first};
        Memory at{};
        at.moments = layout.add<T>(Update::moments);
        at.engine = Engine::memory(layout, samples, threads, shards);
        if constexpr (changes_buffers) at.buffers_before = layout.add<T>(buffers_of<Net, In>::extent);
        at.order = layout.add<SampleIndex>(samples);
        if constexpr (is_classes<Target>) at.labels = layout.add<T>(samples * Goal::size);
        at.bytes = std::max(layout.bytes, at.engine.workspaces + tile_extent<Net, In, Mode::inference> * sizeof(L));
        return at;
    }

    Stepper(Loss loss, Optimizer optimizer, std::size_t shards, std::uint64_t seed)
        : engine_(std::move(loss), shards), update_(std::move(optimizer)), seed_(seed) {}

    void use(std::byte* bytes, const Memory& at) {
        update_.use(reinterpret_cast<T*>(bytes + at.moments));
        engine_.use(bytes, at.engine);
        workspace_ = reinterpret_cast<L*>(bytes + at.engine.workspaces);
        buffers_before_ = reinterpret_cast<T*>(bytes + at.buffers_before);
        order_ = reinterpret_cast<SampleIndex*>(bytes + at.order);
        labels_ = reinterpret_cast<T*>(bytes + at.labels);
    }
    // Of a minibatch on tensors: 0, 1, ..., count - 1, and room for its labels.
    std::span<const SampleIndex> first(std::size_t count) const {
        std::iota(order_, order_ + count, SampleIndex{0});
        return {order_, count};
    }
    T* labels() const { return labels_; }
    // Room for a tile of predictions, where training has its tiles.
    L* workspace() const { return workspace_; }

    // A step's totals, or what was not finite: then parameters and buffers are as before.
    struct Outcome {
        StepTotals totals;
        const char* broken = nullptr;
    };
    // One step over some samples of a source, on a team of threads, with the rates that are prepared.
    Outcome step(std::span<T> parameters, std::span<T> buffers, const auto& source, std::span<const SampleIndex> which, double clip_norm, std::size_t threads) {
        if constexpr (changes_buffers) std::ranges::copy(buffers, buffers_before_);
        Outcome outcome;
        parallel(threads, [&](const Team& team) {
            engine_.run(parameters.data(), buffers.data(), source, which, seed_, steps_, team);
            team.wait();
            const StepTotals totals = engine_.totals(which.size());
            const char* broken = std::isfinite(totals.loss) ? nullptr : "the loss";
            if (!broken && !update_.run(engine_, which.size(), parameters.data(), clip_norm, team)) broken = "the gradient of the loss";
            if (team.thread == 0) outcome = {totals, broken};
        });
        if (!outcome.broken) ++steps_;
        else if constexpr (changes_buffers) std::copy_n(buffers_before_, buffers.size(), buffers.begin());
        return outcome;
    }
    double prepare(const Schedule& schedule, Progress progress) { return update_.prepare(steps_ + 1, schedule, progress); }

    static Score score(const StepTotals& sums, std::size_t loss_samples, std::size_t samples) {
        const auto n = static_cast<double>(samples);
        return {sums.loss / static_cast<double>(loss_samples), is_classes<Target> ? sums.correct / (n * Goal::size) : not_measured};
    }
    const Loss& loss() const { return engine_.loss(); }
    std::size_t steps() const { return steps_; }
    std::uint64_t seed() const { return seed_; }

private:
    Engine engine_;
    Update update_;
    std::uint64_t seed_;
    std::size_t steps_ = 0;
    T *buffers_before_ = nullptr, *labels_ = nullptr;
    SampleIndex* order_ = nullptr;
    L* workspace_ = nullptr;
};

// Where a network's parameters and buffers lie together, the parameters first, in bytes.
struct NumbersMemory {
    std::size_t buffers, bytes;
};
template <class Net, class Input, class T> constexpr NumbersMemory numbers_memory() {
    ByteLayout layout;
    layout.add<T>(parameters_of<Net, Input>::extent);
    const std::size_t buffers = layout.add<T>(buffers_of<Net, Input>::extent);
    return {buffers, layout.bytes};
}

// The lanes of a tile; 0: as many as a Trainer takes.
template <class Net, class Input, class T, std::size_t Width> inline constexpr std::size_t width_or_default = [] {
    if constexpr (Width == 0) return tile_width<Net, Input, T>;
    else return Width;
}();

// The bytes that a network takes in training, all of them: parameters and buffers, gradients, the optimiser's moments, and every thread's
// workspace, for minibatches of so many samples. The shards (0) are the trainer's own number unless it is told another.
template <class Net, class Input, class Optimizer, class Loss = CrossEntropy, class T = float, std::size_t Width = 0>
constexpr std::size_t training_bytes(std::size_t batch, std::size_t threads = 1, std::size_t shards = 0) {
    if constexpr (!detail::Learns<Net, Input, Loss, Optimizer>) {
        refuse<detail::learning_fault<Net, Input, Loss, Optimizer>>();
        return 0;
    } else {
        using L = Lanes<T, width_or_default<Net, Input, T, Width>>;
        if (shards == 0) shards = default_shards<Net, Input>;
        return Stepper<Net, Input, Loss, Optimizer, L>::memory(batch, threads, shards, numbers_memory<Net, Input, T>().bytes).bytes;
    }
}

}  // namespace kiln
