// Engine: the gradient of the loss of a minibatch, by as many threads as there are, with the same bits for any
// number of them.
//
// Every thread runs the whole network, forward and backward, on its own tiles, one tile at a time (or all of its tiles
// together where a layer mixes samples). A shard's gradient is the sum of its tiles' in order; the shards are added as a
// fixed tree. Both are independent of which thread did what.
#pragma once
#include "kiln/core/workspace.hpp"
#include "kiln/data/rows.hpp"
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

    Engine(Loss loss, std::size_t shards) : loss_(std::move(loss)), shards_(shards) {}

    // Adds what minibatches of so many samples on so many threads take to a layout, and says where it lies. The gradients, whose padding
    // must be zero before the first step, come first; what follows depends on the samples and threads.
    struct Memory {
        std::size_t gradients, fixed, totals, board, tiles, workspaces;
    };
    static constexpr Memory memory(ByteLayout& layout, std::size_t samples, std::size_t threads, std::size_t shards) {
        const std::size_t count = (samples + width - 1) / width;
        Memory at{};
        at.gradients = layout.add<T>(shards * gradient_extent);
        at.fixed = layout.bytes;
        at.totals = layout.add<StepTotals>(shards);
        if constexpr (mixes_samples<Net>) {
            at.board = layout.add<T>(2 * shards * board_width);
            at.tiles = layout.add<TileInfo<L>>(count);
        }
        at.workspaces = layout.add<L>((mixes_samples<Net> ? count : threads) * stride);
        return at;
    }
    void use(std::byte* bytes, const Memory& at) {
        gradients_ = reinterpret_cast<T*>(bytes + at.gradients);
        totals_ = reinterpret_cast<StepTotals*>(bytes + at.totals);
        board_ = reinterpret_cast<T*>(bytes + at.board);
        tiles_ = reinterpret_cast<TileInfo<L>*>(bytes + at.tiles);
        workspaces_ = reinterpret_cast<L*>(bytes + at.workspaces);
    }

    // One thread's part of a step over the samples `which` of a source; every thread of the team calls it, and then a
    // barrier. Leaves the shards' gradients and totals.
    void run(const T* parameters, T* buffers, const auto& source, std::span<const SampleIndex> which, std::uint64_t seed,
             std::uint64_t number, const Team& team) {
        const Cut cut = Cut::of(which.size(), width, shards_);
        Step<T> step{.seed = seed, .number = number, .cut = cut, .team = team, .buffers = buffers,
                     .gradients = gradients_, .gradient_extent = gradient_extent,
                     .board = board_, .turn = 0};
        const Place<T> at{.x = 0, .y = y_at, .dx = dx_at, .dy = dy_at, .kept = kept_at, .scratch = scratch_at,
                          .parameters = parameters, .buffers = buffers, .gradient = 0, .instance = 0};
        const std::size_t first = cut.first_tile(team.begin(cut.shards));
        const std::size_t end = cut.first_tile(team.end(cut.shards));
        L* const memory = workspaces_ + (mixes_samples<Net> ? first : team.thread) * stride;
        const T scale = first < end ? static_cast<T>(1 / divisor(source, which, memory + scratch_at)) : T(1);
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
            const auto carry_one = [&]<class P>(P* workspace, std::size_t skip) {
                const auto tile = tile_info<P>(t * width + skip, shard, opens && skip == 0, std::min(live - skip, lane_count<P>));
                carry(Group<P>{workspace, stride, 1, &tile, &step}, at, source, which, scale);
            };
            if (!narrow_tail || live > width / 2) carry_one(memory, 0);
            else for (std::size_t skip = 0; skip < live; skip += lane_count<Narrow>) carry_one(reinterpret_cast<Narrow*>(memory), skip);
        }
        if constexpr (mixes_samples<Net>) carry(Group<L>{memory, stride, end - first, tiles_ + first, &step}, at, source, which, scale);
    }

    // After the barrier, for a minibatch of so many samples: the sums of all shards.
    StepTotals totals(std::size_t samples) const {
        return tree_sum(Cut::of(samples, width, shards_).shards, [&](std::size_t s) { return totals_[s]; });
    }
    // After the barrier: the minibatch's gradient at elements [begin, begin + count), whole packs and at most gradient_block.
    void gradient(std::size_t samples, std::size_t begin, std::size_t count, T* sum) const {
        add_shards(gradients_ + begin, Cut::of(samples, width, shards_).shards, count, sum);
    }
    static constexpr std::size_t gradient_block = 256;  // so that the sums of a block stay in the first cache
    const Loss& loss() const { return loss_; }

private:
    // The workspace of a tile, in lane vectors: [x | dx, where some layer writes what is not wanted | y | dy | kept | scratch]. Targets are
    // read between forward and backward, when nothing is in scratch.
    static constexpr Workspace inner = workspace<Net, In, Mode::training>;
    static constexpr std::size_t dx_at = all_skip_dx<Net, In> ? 0 : In::size, y_at = dx_at + In::size, dy_at = y_at + Out::size, kept_at = dy_at + Out::size,
                                 scratch_at = kept_at + inner.kept, stride = scratch_at + std::max(inner.scratch, Goal::size);

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

    // Where the last tile of a minibatch is at most half full, tiles of one register do: 100 samples are 3 of 32 and 1 of 8.
    static constexpr bool narrow_tail = width > native_width<T> && !mixes_samples<Net>;
    using Narrow = Lanes<T, narrow_tail ? native_width<T> : width>;

    // Tiles through the network, forward and backward.
    template <class P> void carry(const Group<P>& group, const Place<T>& at, const auto& source, std::span<const SampleIndex> which, T scale) {
        const auto samples_of = [&](const TileInfo<P>& tile) {
            return which.subspan(tile.first_sample, std::min(lane_count<P>, which.size() - tile.first_sample));
        };
        for (std::size_t t = 0; t < group.count; ++t) source.load_inputs(samples_of(group.tiles[t]), group.base + t * stride + at.x);
        forward<Net, In, Mode::training>(group, at);
        for (std::size_t t = 0; t < group.count; ++t) {
            const TileInfo<P>& tile = group.tiles[t];
            P* const base = group.base + t * stride;
            const View<Out, const P> y{base + at.y};
            const View<Goal, const P> target{base + at.scratch};
            source.load_targets(samples_of(tile), base + at.scratch);
            StepTotals& total = totals_[tile.shard];
            total.loss += static_cast<double>(sum(loss_gradient(loss_, y, target, tile.alive * P(scale), View<Out, P>{base + at.dy})));
            if constexpr (is_classes<Target>) total.correct += static_cast<double>(sum(tile.alive * correct(y, target)));
        }
        backward<Net, In, Mode::training, false>(group, at);
    }
    template <class P> static TileInfo<P> tile_info(std::size_t first_sample, std::size_t shard, bool opens, std::size_t live) {
        std::array<T, lane_count<P>> alive{};
        std::fill_n(alive.begin(), live, T(1));
        return {first_sample, shard, opens, from_lanes<P>(alive)};
    }
    // What the terms of a minibatch's loss are divided by; it reads targets where classes have weights.
    double divisor(const auto& source, std::span<const SampleIndex> which, L* goal) {
        if (loss_.reduction == Reduction::sum) return 1;
        if (!weighs_terms(loss_)) return static_cast<double>(which.size() * Goal::size);
        double total = 0;
        for (std::size_t first = 0; first < which.size(); first += width) {
            const auto tile = which.subspan(first, std::min(width, which.size() - first));
            source.load_targets(tile, goal);
            total += terms_of(loss_, View<Goal, const L>{goal}, tile.size());
        }
        return total;
    }

    Loss loss_;
    std::size_t shards_;
    T *gradients_ = nullptr, *board_ = nullptr;
    StepTotals* totals_ = nullptr;
    TileInfo<L>* tiles_ = nullptr;  // where a layer mixes samples
    L* workspaces_ = nullptr;
};

}  // namespace kiln
