// Engine: the gradient of the loss of a minibatch, by as many threads as there are, with the same bits for any
// number of them.
//
// Every thread runs the whole network, forward and backward, on its own tiles, one tile at a time (or all of its tiles
// together where a layer mixes samples). A shard's gradient is the sum of its tiles' in order; the shards are added as a
// fixed tree. Both are independent of which thread did what.
#pragma once
#include "kiln/core/workspace.hpp"
#include "kiln/data/samples.hpp"
#include "kiln/losses/accuracy.hpp"
#include "kiln/losses/loss.hpp"

namespace kiln {

// How many shards a minibatch is cut into, unless a user says otherwise: a function of the network alone, since it is part
// of what the trained bits depend on. A shard is a gradient in memory, so large networks have fewer.
template <class Net, class In>
inline constexpr std::size_t default_shards = [] {
    constexpr std::size_t gradient = parameters_of<Net, In>::extent;
    return gradient <= (1U << 14) ? 8U : gradient <= (1U << 19) ? 4U : 2U;
}();

// The sums of one minibatch: its loss, and how many answers were right (0 for targets that are no classes).
struct StepTotals {
    double loss = 0, correct = 0;
    friend StepTotals operator+(StepTotals a, StepTotals b) { return {a.loss + b.loss, a.correct + b.correct}; }
};

template <class Net, class In, class Loss, class L>
class Engine {
public:
    using T = scalar<L>;
    using Out = output_of<Net, In>;
    using Target = target_of<Loss, Out>;
    using Goal = target_shape<Target>;
    static constexpr std::size_t width = lane_count<L>;
    static constexpr std::size_t gradient_extent = parameters_of<Net, In>::extent;

    Engine(Loss loss, std::size_t shards) : loss_(std::move(loss)), shards_(shards), gradients_(shards * gradient_extent), totals_(shards) {}

    // Makes room for minibatches of so many samples on so many threads; allocates only where that is more than before.
    void reserve(std::size_t samples, std::size_t threads) {
        const std::size_t tiles = (samples + width - 1) / width;
        wide_.reserve(mixes_samples<Net> ? tiles : threads, threads);
        if constexpr (narrow_tail) narrow_.reserve(threads, threads);
        if constexpr (mixes_samples<Net>) {
            if (tiles_.size() < tiles) tiles_.resize(tiles);
            board_.resize(2 * shards_ * board_width);
        }
    }

    // One thread's part of a step over the samples `which` of a source; every thread of the team calls it, and then a
    // barrier. Leaves the shards' gradients and totals.
    void run(const T* parameters, T* buffers, const auto& source, std::span<const SampleIndex> which, std::uint64_t seed,
             std::uint64_t number, const Team& team) {
        const Cut cut = Cut::of(which.size(), width, shards_);
        Step<T> step{.seed = seed, .number = number, .cut = cut, .team = team, .buffers = buffers,
                     .gradients = gradients_.data(), .gradient_extent = gradient_extent,
                     .board = board_.data(), .turn = 0};
        const auto at = root_place<Net, In, Mode::training, T>(parameters, buffers);
        const T scale = static_cast<T>(1 / divisor(source, which, team.thread));
        const std::size_t first = cut.first_tile(team.begin(cut.shards));
        const std::size_t end = cut.first_tile(team.end(cut.shards));
        std::size_t shard = team.begin(cut.shards);
        for (std::size_t t = first; t < end; ++t) {
            if (t == cut.first_tile(shard + 1)) ++shard;
            const bool opens = t == cut.first_tile(shard);
            if (opens) totals_[shard] = {};
            const std::size_t live = std::min(width, which.size() - t * width);
            if constexpr (mixes_samples<Net>) {
                tiles_[t] = tile_info<L>(t * width, shard, opens, live);
                continue;
            }
            const auto carry_one = [&]<class P>(Memory<P>& memory, std::size_t skip) {
                const auto tile = tile_info<P>(t * width + skip, shard, opens && skip == 0, std::min(live - skip, lane_count<P>));
                carry(memory, std::span{&tile, 1}, step, at, source, which, scale);
            };
            if (!narrow_tail || live > width / 2) carry_one(wide_, 0);
            else for (std::size_t skip = 0; skip < live; skip += lane_count<Narrow>) carry_one(narrow_, skip);
        }
        if constexpr (mixes_samples<Net>) carry(wide_, std::span<const TileInfo<L>>{tiles_}.subspan(first, end - first), step, at, source, which, scale, first);
    }

    // After the barrier, for a minibatch of so many samples: the sums of all shards.
    StepTotals totals(std::size_t samples) const {
        return tree_sum(Cut::of(samples, width, shards_).shards, [&](std::size_t s) { return totals_[s]; });
    }
    // After the barrier: the minibatch's gradient at elements [begin, begin + count), whole packs and at most gradient_block.
    void gradient(std::size_t samples, std::size_t begin, std::size_t count, T* sum) const {
        add_shards(gradients_.data() + begin, Cut::of(samples, width, shards_).shards, count, sum);
    }
    static constexpr std::size_t gradient_block = 256;  // so that the sums of a block stay in the first cache
    const Loss& loss() const { return loss_; }

private:
    static constexpr std::size_t stride = tile_extent<Net, In, Mode::training>;

    // sum = shard 0 + shard 1 + ..., as tree_sum has it.
    static void add_shards(const T* first, std::size_t shards, std::size_t count, T* sum) {
        using Numbers = Lanes<T, native_width<T>>;
        if (shards == 1) {
            std::copy_n(first, count, sum);
        } else if (shards == 2) {
            for (std::size_t k = 0; k < count; k += native_width<T>)
                store_lanes(sum + k, load_lanes<Numbers>(first + k) + load_lanes<Numbers>(first + gradient_extent + k));
        } else {
            alignas(memory_alignment) std::array<T, gradient_block> half;
            add_shards(first, shards / 2, count, sum);
            add_shards(first + shards / 2 * gradient_extent, shards / 2, count, half.data());
            for (std::size_t k = 0; k < count; k += native_width<T>)
                store_lanes(sum + k, load_lanes<Numbers>(sum + k) + load_lanes<Numbers>(half.data() + k));
        }
    }

    // The memory of tiles of one width: workspaces, and a target for each thread.
    template <class P> struct Memory {
        AlignedVector<P> workspaces, goals;
        void reserve(std::size_t tiles, std::size_t threads) {
            if (workspaces.size() < tiles * stride) workspaces.resize(tiles * stride);
            if (goals.size() < threads * Goal::size) goals.resize(threads * Goal::size);
        }
    };
    // Where the last tile of a minibatch is at most half full, tiles of one register do: 100 samples are 3 of 32 and 1 of 8.
    static constexpr bool narrow_tail = width > native_width<T> && !mixes_samples<Net>;
    using Narrow = Lanes<T, narrow_tail ? native_width<T> : width>;

    // Tiles through the network, forward and backward.
    template <class P>
    void carry(Memory<P>& memory, std::span<const TileInfo<P>> tiles, Step<T>& step, const Place<T>& at, const auto& source,
               std::span<const SampleIndex> which, T scale, std::size_t first_tile = 0) {
        const std::size_t slot = mixes_samples<Net> ? first_tile : step.team.thread;
        const Group<P> group{memory.workspaces.data() + slot * stride, stride, tiles.size(), tiles.data(), &step};
        const auto samples_of = [&](const TileInfo<P>& tile) {
            return which.subspan(tile.first_sample, std::min(lane_count<P>, which.size() - tile.first_sample));
        };
        for (std::size_t t = 0; t < tiles.size(); ++t) source.load_inputs(samples_of(tiles[t]), group.base + t * stride + at.x);
        forward<Net, In, Mode::training>(group, at);
        P* const goal = memory.goals.data() + step.team.thread * Goal::size;
        for (std::size_t t = 0; t < tiles.size(); ++t) {
            P* const base = group.base + t * stride;
            const View<Out, const P> y{base + at.y};
            const View<Goal, const P> target{goal};
            source.load_targets(samples_of(tiles[t]), goal);
            StepTotals& total = totals_[tiles[t].shard];
            total.loss += static_cast<double>(sum(loss_gradient(loss_, y, target, tiles[t].alive * P(scale), View<Out, P>{base + at.dy})));
            if constexpr (is_classes<Target>) total.correct += static_cast<double>(sum(tiles[t].alive * correct(y, target)));
        }
        backward<Net, In, Mode::training, false>(group, at);
    }
    template <class P> static TileInfo<P> tile_info(std::size_t first_sample, std::size_t shard, bool opens, std::size_t live) {
        std::array<T, lane_count<P>> alive{};
        std::fill_n(alive.begin(), live, T(1));
        return {first_sample, shard, opens, from_lanes<P>(alive)};
    }
    // What the terms of a minibatch's loss are divided by; it reads targets where classes have weights.
    double divisor(const auto& source, std::span<const SampleIndex> which, std::size_t thread) {
        if (loss_.reduction == Reduction::sum) return 1;
        if (!weighs_terms(loss_)) return static_cast<double>(which.size() * Goal::size);
        double total = 0;
        L* const goal = wide_.goals.data() + thread * Goal::size;
        for (std::size_t first = 0; first < which.size(); first += width) {
            const auto tile = which.subspan(first, std::min(width, which.size() - first));
            source.load_targets(tile, goal);
            total += terms_of(loss_, View<Goal, const L>{goal}, tile.size());
        }
        return total;
    }

    Loss loss_;
    std::size_t shards_;
    Memory<L> wide_;
    Memory<Narrow> narrow_;
    AlignedVector<TileInfo<L>> tiles_;  // where a layer mixes samples
    AlignedVector<T> gradients_, board_;
    std::vector<StepTotals> totals_;
};

}  // namespace kiln
