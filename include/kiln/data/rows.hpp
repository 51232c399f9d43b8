// Rows: samples that lie one after another in memory, with targets where there are any: what a user's tensors are to training and
// prediction.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include "kiln/core/lanes.hpp"
#include "kiln/core/transpose.hpp"

namespace kiln {

// The samples of a data set are numbered 0 to n - 1; a batch is a list of such numbers.
using SampleIndex = std::uint32_t;

// What f gives for the sample of each lane, as an array; lanes beyond which.size() repeat the last one. which is not empty.
template <std::size_t lanes> auto for_each_lane(std::span<const SampleIndex> which, auto f) {
    std::array<decltype(f(SampleIndex{})), lanes> result;
    for (std::size_t lane = 0; lane < lanes; ++lane) result[lane] = f(which[std::min(lane, which.size() - 1)]);
    return result;
}

template <class In, class Target, class T> struct Rows {
    const T* inputs;
    std::size_t count;
    const T* targets = nullptr;

    std::size_t size() const { return count; }
    template <class L> void load_inputs(std::span<const SampleIndex> which, L* tile) const { load<In>(inputs, which, tile); }
    template <class L> void load_targets(std::span<const SampleIndex> which, L* tile) const { load<Target>(targets, which, tile); }

private:
    template <class S, class L> static void load(const T* values, std::span<const SampleIndex> which, L* tile) {
        constexpr scalar<L> one(1), zero(0);
        load_rows<L>(for_each_lane<lane_count<L>>(which, [&](SampleIndex i) { return values + i * S::size; }), S::size, 1, &one, &zero, tile);
    }
};

}  // namespace kiln
