// Group: the tiles that one thread carries through the network together. One tile at a time where no layer mixes
// samples, all of the thread's tiles where one does.
//
// A minibatch is cut into tiles of W samples and the tiles into shards, neither of which depends on the threads: every
// shard sums its tiles in order and the shards are added as a fixed tree, so the sums are the same bits for any number
// of threads.
#pragma once
#include <bit>
#include "kiln/core/lanes.hpp"
#include "kiln/core/random.hpp"
#include "kiln/core/shape.hpp"
#include "kiln/core/threads.hpp"

namespace kiln {

// How a minibatch is cut. `shards` is a power of two, so that any aligned half of the tree is a thread's or a machine's.
struct Cut {
    std::size_t samples = 0, tiles = 0, shards = 1;

    // No shard is empty: there are at most as many as tiles.
    static constexpr Cut of(std::size_t samples, std::size_t width, std::size_t shards) {
        const std::size_t tiles = (samples + width - 1) / width;
        return {samples, tiles, std::min(shards, std::bit_floor(std::max<std::size_t>(tiles, 1)))};
    }
    constexpr std::size_t first_tile(std::size_t shard) const { return shard * tiles / shards; }
};

inline constexpr std::size_t max_shards = 64;
inline constexpr std::size_t board_width = 4096;  // the most numbers of one total() of a layer that mixes samples

// at(0) + ... + at(count - 1) as a balanced tree: ((0 + 1) + (2 + 3)) + ...; count is a power of two up to max_shards.
constexpr auto tree_sum(std::size_t count, auto&& at) {
    using Value = decltype(at(std::size_t{0}));
    if (count == 1) return at(0);
    if (count == 2) return Value(at(0) + at(1));
    // A binary counter: level k holds the sum of 2^k finished values.
    std::array<Value, std::bit_width(max_shards)> level{};
    for (std::size_t i = 0; i < count; ++i) {
        Value value = at(i);
        std::size_t k = 0;
        for (std::size_t full = i; full & 1; full >>= 1, ++k) value = Value(level[k] + value);
        level[k] = value;
    }
    return level[static_cast<std::size_t>(std::countr_zero(count))];
}

// What one thread knows of the running step.
template <class T> struct Step {
    std::uint64_t seed = 0, number = 0;
    Cut cut{};
    Team team{};
    T* buffers = nullptr;          // the model's, for layers that update them
    T* gradients = nullptr;        // [shards][gradient_extent]
    std::size_t gradient_extent = 0;
    T* board = nullptr;            // [2][shards][board_width]: partial sums, two in turn
    std::size_t turn = 0;
};

template <class L> struct TileInfo {
    std::size_t first_sample = 0, shard = 0;
    bool first_of_shard = true;
    L alive = L(1);  // 1 in the lane of a sample, 0 in the padding of the last tile
};

// A tile's random numbers, in [0, 1) in steps of 2^-24, the same as float and double: uniforms[element]. A number takes
// 0.3 ns of a Zen 3 core (16 floats a pack, g++ 12 and clang 19), and took 5.1 and 1.4 when every element hashed all of its key.
template <class L> class Uniforms {
public:
    using T = scalar<L>;
    constexpr explicit Uniforms(auto&& key_of) {
        for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {
            const std::uint64_t key = key_of(lane);
            low_[lane] = static_cast<std::uint32_t>(key);
            high_[lane] = static_cast<std::uint32_t>(key >> 32);
        }
    }
    constexpr L operator[](std::size_t element) const {
        std::array<T, lane_count<L>> u;
        for (std::size_t lane = 0; lane < lane_count<L>; ++lane) {  // signed 24 bits become T in one instruction
            const std::uint32_t number = stream_number(low_[lane], high_[lane], static_cast<std::uint32_t>(element));
            u[lane] = static_cast<T>(static_cast<std::int32_t>(number >> 8)) * static_cast<T>(1.0 / (1 << 24));
        }
        return from_lanes<L>(u);
    }

private:
    std::array<std::uint32_t, lane_count<L>> low_, high_;
};

template <class L> struct Group {
    using T = scalar<L>;
    L* base = nullptr;  // tile t's workspace is at base + t * stride
    std::size_t stride = 0, count = 1;
    const TileInfo<L>* tiles = nullptr;
    Step<T>* step = nullptr;

    constexpr Group one(std::size_t t) const { return {base + t * stride, stride, 1, tiles + t, step}; }
    constexpr T* gradient(std::size_t t) const { return step->gradients + tiles[t].shard * step->gradient_extent; }

    // Functions of seed, step, layer, sample and element, whoever computes them.
    constexpr Uniforms<L> random(std::size_t t, std::size_t instance) const {
        const std::uint64_t layer = key(step->seed, Stream::dropout, step->number, instance);
        return Uniforms<L>{[&](std::size_t lane) { return mix(layer ^ (tiles[t].first_sample + lane)); }};
    }

    // The sum over the whole minibatch, the same bits on every thread. Every thread of the team must call it.
    template <std::size_t N> constexpr void total(std::array<T, N>& out, auto&& add) const {
        static_assert(N <= board_width, "a total of so many numbers has no room on the board: take it in several");
        T* const board = step->board + step->turn * step->cut.shards * board_width;
        step->turn ^= 1;  // two boards in turn: one barrier is enough
        std::size_t t = 0;
        const std::size_t end = step->team.end(step->cut.shards);
        for (std::size_t s = step->team.begin(step->cut.shards); s < end; ++s) {
            std::array<L, N> sums;
            sums.fill(L(0));
            for (; t < count && tiles[t].shard == s; ++t) add(t, sums);
            for (std::size_t k = 0; k < N; ++k) board[s * board_width + k] = sum(sums[k]);
        }
        step->team.wait();
        if (std::is_constant_evaluated()) {
            for (std::size_t k = 0; k < N; ++k) out[k] = tree_sum(step->cut.shards, [&](std::size_t s) { return board[s * board_width + k]; });
            return;
        }
        constexpr std::size_t width = std::min(native_width<T>, std::bit_floor(N));
        for (std::size_t k = 0; k < N; k += width) {  // the last few may overlap those before
            const std::size_t at = std::min(k, N - width);
            const auto of_shard = [&](std::size_t s) { return load_lanes<Lanes<T, width>>(board + s * board_width + at); };
            store_lanes(&out[at], tree_sum(step->cut.shards, of_shard));
        }
    }
};

}  // namespace kiln
