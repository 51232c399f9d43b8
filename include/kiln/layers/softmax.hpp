// Softmax: a distribution along the last axis, for every row of it by itself.
//
//     x, y [..., Classes]    y[k] = exp(x[k] - m) / sum over j of exp(x[j] - m),  m = max over j of x[j]
//     dx[k] = y[k] (dy[k] - sum over j of dy[j] y[j])
//
// Not in front of CrossEntropy, which takes logits: there the two would be one softmax too many.
#pragma once
#include <algorithm>
#include "kiln/core/layer.hpp"
#include "kiln/kernels/features.hpp"

namespace kiln {

struct Softmax {
    static constexpr Text name() { return "Softmax"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr Known keeps = all_axes;

    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::y;
    static constexpr bool gives_probabilities = true;

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t r = 0; r < rows(tile.x).rows; ++r) {
            const auto x = rows(tile.x).row(r);
            const auto y = rows(tile.y).row(r);
            L largest = x[0], total(0);
            for (const L& v : x) largest = max(largest, v);
            for (std::size_t k = 0; k < x.size; ++k) total += y[k] = exp(x[k] - largest);
            const L share = L(1) / total;
            for (L& v : y) v *= share;
        }
    }
    static void one_sample(auto tile) {
        using T = typename decltype(tile)::T;
        if (tile.y.data != tile.x.data) std::copy_n(tile.x.data, tile.x.size, tile.y.data);
        for (std::size_t r = 0; r < rows(tile.y).rows; ++r) {
            const auto y = rows(tile.y).row(r);
            const T share = features::exponentials<y.size>(y.data, T(1));
            features::transform<y.size>(y.data, y.data, [&](const auto& v) { return v * std::remove_cvref_t<decltype(v)>(share); });
        }
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t r = 0; r < rows(tile.y).rows; ++r) {
            const auto y = rows(tile.y).row(r), dy = rows(tile.dy).row(r);
            const auto dx = rows(tile.dx).row(r);
            L mean(0);
            for (std::size_t k = 0; k < y.size; ++k) mean = fma(dy[k], y[k], mean);
            for (std::size_t k = 0; k < y.size; ++k) dx[k] = y[k] * (dy[k] - mean);
        }
    }
};

}  // namespace kiln
