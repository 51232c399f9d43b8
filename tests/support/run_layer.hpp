// Runs any layer or composite on a minibatch, forward and backward, as the trainer does: samples in tiles of W lanes,
// the last tile filled up with copies of its last sample, tiles cut into shards, shards shared among threads.
#pragma once
#include <doctest/doctest.h>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>
#include "kiln/core/initialise.hpp"
#include "kiln/core/workspace.hpp"

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
    std::vector<T> flat(kiln::parameters_of<Layer, In>::extent);
    kiln::visit<kiln::parameters_of<Layer, In>>(flat.data(), [&](const std::string&, auto view) {
        result.push_back(random_numbers<T>(view.size, seed++));
    });
    return result;
}

// y, and for the loss sum of y dy, dx and the parameters' gradients; in inference y alone. Buffers start as given, else as the
// layer starts them, and are left as they are afterwards.
template <class Layer, class In, std::size_t Width, kiln::Mode mode = kiln::Mode::training, class T>
LayerRun<T> run_layer(const std::vector<std::vector<T>>& parameters, const std::vector<T>& x, const std::vector<T>& dy,
                      RunOptions options = {}, std::vector<std::vector<T>>* buffers = nullptr) {
    using namespace kiln;
    using L = Lanes<T, Width>;
    using Out = output_of<Layer, In>;
    using Parameters = parameters_of<Layer, In>;
    using Buffers = buffers_of<Layer, In>;
    constexpr auto& layout = tile_layout<Layer, In, mode>;
    constexpr std::size_t stride = tile_extent<Layer, In, mode>;
    const T unwritten = std::numeric_limits<T>::quiet_NaN();

    const std::size_t samples = x.size() / In::size;
    const Cut cut = Cut::of(samples, Width, options.shards);
    AlignedVector<T> numbers(Parameters::extent), gradients(cut.shards * Parameters::extent, unwritten),
        board(2 * cut.shards * board_width);
    AlignedVector<L> workspace(cut.tiles * stride, L(unwritten));
    std::size_t array = 0;
    visit<Parameters>(numbers.data(), [&](const std::string&, auto view) {
        REQUIRE(parameters[array].size() == view.size);
        std::copy_n(parameters[array++].data(), view.size, view.data);
    });

    AlignedVector<T> kept(Buffers::extent);
    const auto each_buffer = [&](auto f) {
        std::size_t number = 0;
        visit<Buffers>(kept.data(), [&](const std::string&, auto view) { f((*buffers)[number++], view); });
    };
    if (buffers) {
        each_buffer([](const auto& from, auto view) {
            REQUIRE(from.size() == view.size);
            std::copy_n(from.data(), view.size, view.data);
        });
    } else {
        AlignedVector<T> unused(Parameters::extent);
        start<Layer, In>(unused.data(), kept.data(), 1);
    }

    std::vector<TileInfo<L>> tiles(cut.tiles);
    for (std::size_t s = 0; s < cut.shards; ++s)
        for (std::size_t t = cut.first_tile(s); t < cut.first_tile(s + 1); ++t) {
            std::array<T, Width> alive;
            for (std::size_t lane = 0; lane < Width; ++lane) alive[lane] = t * Width + lane < samples ? T(1) : T(0);
            tiles[t] = {t * Width, s, t == cut.first_tile(s), from_lanes<L>(alive)};
        }
    const auto load = [&](const std::vector<T>& from, std::size_t size, std::size_t t, L* to) {
        for (std::size_t i = 0; i < size; ++i) {
            std::array<T, Width> values;
            for (std::size_t lane = 0; lane < Width; ++lane)
                values[lane] = from[std::min(t * Width + lane, samples - 1) * size + i];
            to[i] = from_lanes<L>(values);
        }
    };
    const auto store = [&](std::vector<T>& to, std::size_t size, std::size_t t, const L* from) {
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t lane = 0; lane < Width && t * Width + lane < samples; ++lane)
                to[(t * Width + lane) * size + i] = to_lanes(from[i])[lane];
    };

    LayerRun<T> run{
        std::vector<T>(samples * Out::size), std::vector<T>(mode == Mode::inference ? 0 : x.size()), {}, {}};
    const auto at = root_place<Layer, In, mode, T>(numbers.data(), kept.data());
    parallel(options.threads, [&](const Team& team) {
        Step<T> step{.seed = options.seed,
                     .number = 0,
                     .cut = cut,
                     .team = team,
                     .buffers = kept.data(),
                     .gradients = gradients.data(),
                     .gradient_extent = Parameters::extent,
                     .board = board.data(),
                     .turn = 0};
        const std::size_t first = cut.first_tile(team.begin(cut.shards)),
                          last = cut.first_tile(team.end(cut.shards));
        const Group<L> group{workspace.data() + first * stride, stride, last - first, tiles.data() + first, &step};
        for (std::size_t t = first; t < last; ++t) load(x, In::size, t, &workspace[t * stride + layout[0]]);
        forward<Layer, In, mode>(group, at);
        for (std::size_t t = first; t < last; ++t) store(run.y, Out::size, t, &workspace[t * stride + layout[1]]);
        if constexpr (mode != Mode::inference) {
            for (std::size_t t = first; t < last; ++t) {  // a dead lane's loss has weight 0
                L* const slope = &workspace[t * stride + layout[3]];
                load(dy, Out::size, t, slope);
                for (std::size_t i = 0; i < Out::size; ++i) slope[i] *= tiles[t].alive;
            }
            backward<Layer, In, mode, true>(group, at);
            for (std::size_t t = first; t < last; ++t) store(run.dx, In::size, t, &workspace[t * stride + layout[2]]);
        }
    });
    if (buffers) each_buffer([](auto& to, auto view) { std::copy_n(view.data, view.size, to.data()); });
    if constexpr (mode == Mode::training) {
        AlignedVector<T> total(Parameters::extent);
        for (std::size_t k = 0; k < total.size(); ++k)
            total[k] = tree_sum(cut.shards, [&](std::size_t s) { return gradients[s * Parameters::extent + k]; });
        visit<Parameters>(total.data(), [&](const std::string& name, auto view) {
            run.names.push_back(name);
            run.gradients.emplace_back(view.begin(), view.end());
        });
    }
    return run;
}
