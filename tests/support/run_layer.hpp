// Runs any layer or composite on a minibatch, forward and backward, as the trainer does: samples in tiles of W lanes,
// the last tile filled up with copies of its last sample, tiles cut into shards, shards shared among threads.
#pragma once
#include <doctest/doctest.h>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>
#include "kiln/core/layer_functions.hpp"

template <class T> std::vector<T> random_numbers(std::size_t count, std::uint64_t seed, double bound = 1) {
    std::mt19937_64 engine{seed};
    std::uniform_real_distribution<float> uniform{static_cast<float>(-bound), static_cast<float>(bound)};
    std::vector<T> result(count);
    for (T& v : result) v = static_cast<T>(uniform(engine));  // the same numbers as float and as double
    return result;
}

template <class T> struct LayerRun {
    std::vector<T> y, dx;                   // [samples][elements]
    std::vector<std::string> names;         // of the parameters
    std::vector<std::vector<T>> gradients;  // of each parameter, in user order, without padding
};

struct RunOptions {
    std::size_t shards = 1, threads = 1;
    std::uint64_t seed = 1;
};

// Random parameters of a layer: the numbers of each array one after another, without padding.
template <class Layer, class In, class T> std::vector<std::vector<T>> random_parameters(std::uint64_t seed) {
    std::vector<std::vector<T>> result;
    for (const auto& array : kiln::named_arrays<kiln::parameters_of<Layer, In>>()) result.push_back(random_numbers<T>(array.size, seed++));
    return result;
}

// y, and for the loss sum of y dy, dx and the parameters' gradients; in inference y alone. Buffers start as given, else as the
// layer starts them, and are left as they are afterwards.
template <class L, class T = kiln::scalar<L>>
LayerRun<T> run_layer(const kiln::LayerFunctions<L>& layer, const std::vector<std::vector<T>>& parameters, const std::vector<T>& x,
                      const std::vector<T>& dy, RunOptions options = {}, std::vector<std::vector<T>>* buffers = nullptr) {
    using namespace kiln;
    constexpr std::size_t width = lane_count<L>;
    const std::size_t stride = layer.tile_extent, extent = layer.parameter_extent, samples = x.size() / layer.in;
    const T unwritten = std::numeric_limits<T>::quiet_NaN();
    const Cut cut = Cut::of(samples, width, options.shards);
    AlignedVector<T> numbers(extent), kept(layer.buffer_extent), gradients(cut.shards * extent, unwritten), board(2 * cut.shards * board_width);
    AlignedVector<L> workspace(cut.tiles * stride, L(unwritten));
    layer.start(numbers.data(), kept.data(), 1);
    const auto fill = [](const std::vector<NamedArray>& arrays, const std::vector<std::vector<T>>& from, T* to) {
        REQUIRE(from.size() == arrays.size());
        for (std::size_t a = 0; a < arrays.size(); ++a) {
            REQUIRE(from[a].size() == arrays[a].size);
            std::copy(from[a].begin(), from[a].end(), to + arrays[a].offset);
        }
    };
    fill(layer.parameters, parameters, numbers.data());
    if (buffers) fill(layer.buffers, *buffers, kept.data());

    std::vector<TileInfo<L>> tiles(cut.tiles);
    for (std::size_t s = 0; s < cut.shards; ++s)
        for (std::size_t t = cut.first_tile(s); t < cut.first_tile(s + 1); ++t) {
            std::array<T, width> alive;
            for (std::size_t lane = 0; lane < width; ++lane) alive[lane] = t * width + lane < samples ? T(1) : T(0);
            tiles[t] = {t * width, s, t == cut.first_tile(s), from_lanes<L>(alive)};
        }
    const auto load = [&](const std::vector<T>& from, std::size_t size, std::size_t t, L* to) {
        for (std::size_t i = 0; i < size; ++i) {
            std::array<T, width> values;
            for (std::size_t lane = 0; lane < width; ++lane)
                values[lane] = from[std::min(t * width + lane, samples - 1) * size + i];
            to[i] = from_lanes<L>(values);
        }
    };
    const auto store = [&](std::vector<T>& to, std::size_t size, std::size_t t, const L* from) {
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t lane = 0; lane < width && t * width + lane < samples; ++lane)
                to[(t * width + lane) * size + i] = to_lanes(from[i])[lane];
    };

    LayerRun<T> run{std::vector<T>(samples * layer.out), std::vector<T>(layer.backward ? x.size() : 0), {}, {}};
    parallel(options.threads, [&](const Team& team) {
        Step<T> step{.seed = options.seed,
                     .number = 0,
                     .cut = cut,
                     .team = team,
                     .buffers = kept.data(),
                     .gradients = gradients.data(),
                     .gradient_extent = extent,
                     .board = board.data(),
                     .turn = 0};
        const std::size_t first = cut.first_tile(team.begin(cut.shards)),
                          last = cut.first_tile(team.end(cut.shards));
        const Group<L> group{workspace.data() + first * stride, stride, last - first, tiles.data() + first, &step};
        const auto at = [&](std::size_t t, std::size_t array) { return &workspace[t * stride + layer.layout[array]]; };
        for (std::size_t t = first; t < last; ++t) load(x, layer.in, t, at(t, 0));
        layer.forward(group, numbers.data(), kept.data());
        for (std::size_t t = first; t < last; ++t) store(run.y, layer.out, t, at(t, 1));
        if (layer.backward) {
            for (std::size_t t = first; t < last; ++t) {  // a dead lane's loss has weight 0
                L* const slope = at(t, 3);
                load(dy, layer.out, t, slope);
                for (std::size_t i = 0; i < layer.out; ++i) slope[i] *= tiles[t].alive;
            }
            layer.backward(group, numbers.data(), kept.data());
            for (std::size_t t = first; t < last; ++t) store(run.dx, layer.in, t, at(t, 2));
        }
    });
    if (buffers)
        for (std::size_t a = 0; a < layer.buffers.size(); ++a)
            std::copy_n(&kept[layer.buffers[a].offset], layer.buffers[a].size, (*buffers)[a].data());
    if (layer.mode == Mode::training)
        for (const auto& array : layer.parameters) {
            run.names.emplace_back(array.name.view());
            auto& total = run.gradients.emplace_back();
            for (std::size_t k = array.offset; k < array.offset + array.size; ++k)
                total.push_back(tree_sum(cut.shards, [&](std::size_t s) { return gradients[s * extent + k]; }));
        }
    return run;
}

template <class Layer, class In, std::size_t Width, kiln::Mode mode = kiln::Mode::training, class T>
LayerRun<T> run_layer(const std::vector<std::vector<T>>& parameters, const std::vector<T>& x, const std::vector<T>& dy,
                      RunOptions options = {}, std::vector<std::vector<T>>* buffers = nullptr) {
    return run_layer(kiln::layer_functions<Layer, In, mode, kiln::Lanes<T, Width>>(), parameters, x, dy, options, buffers);
}
