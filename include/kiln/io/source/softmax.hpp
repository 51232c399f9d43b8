// Softmax and LogSoftmax in exported headers.
#pragma once
#include "kiln/io/source.hpp"
#include "kiln/io/source/elementary.hpp"
#include "kiln/layers/log_softmax.hpp"
#include "kiln/layers/softmax.hpp"

namespace kiln {

namespace source {
inline constexpr Function softmax{"softmax", R"(
// A distribution for every row: y = exp(x - m) / sum exp(x - m) with m = max x
template <std::size_t Rows, std::size_t Classes> constexpr void softmax(const float* x, float* y) {
    for (std::size_t r = 0; r < Rows; ++r, x += Classes, y += Classes) {
        float largest = x[0], total = 0;
        for (std::size_t k = 1; k < Classes; ++k) largest = x[k] > largest ? x[k] : largest;
        for (std::size_t k = 0; k < Classes; ++k) y[k] = exp(x[k] - largest);
        for (std::size_t k = 0; k < Classes; ++k) total += y[k];
        for (std::size_t k = 0; k < Classes; ++k) y[k] /= total;
    }
}
)", {&exp}};
inline constexpr Function log_softmax{"log_softmax", R"(
// The logarithm of a distribution for every row: y = x - m - log(sum exp(x - m)) with m = max x
template <std::size_t Rows, std::size_t Classes> constexpr void log_softmax(const float* x, float* y) {
    for (std::size_t r = 0; r < Rows; ++r, x += Classes, y += Classes) {
        float largest = x[0], total = 0;
        for (std::size_t k = 1; k < Classes; ++k) largest = x[k] > largest ? x[k] : largest;
        for (std::size_t k = 0; k < Classes; ++k) total += exp(x[k] - largest);
        const float norm = log(total);
        for (std::size_t k = 0; k < Classes; ++k) y[k] = x[k] - largest - norm;
    }
}
)", {&exp, &log}};
}  // namespace source

template <> struct Source<Softmax> {
    template <class In> static void write(LayerSource& layer) { layer.call(source::softmax, {In::size / last_axis<In>, last_axis<In>}, {layer.x, layer.y}); }
};
template <> struct Source<LogSoftmax> {
    template <class In> static void write(LayerSource& layer) { layer.call(source::log_softmax, {In::size / last_axis<In>, last_axis<In>}, {layer.x, layer.y}); }
};

}  // namespace kiln
