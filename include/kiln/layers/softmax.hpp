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
        constexpr std::size_t classes = last_axis<typename decltype(tile)::In>;
        for (std::size_t r = 0; r < rows(tile.y).rows; ++r) {
            T *const y = tile.y.data + r * classes, share[1];
            features::exponentials<1, classes>(y, 0, T(1), share);
            features::transform<classes>(y, y, [&](const auto& v) { return v * std::remove_cvref_t<decltype(v)>(share[0]); });
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
