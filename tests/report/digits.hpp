// Small pictures in ten classes that a network learns in an instant, and such a network.
#pragma once
#include <cstdint>
#include <vector>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/random.hpp"
#include "kiln/data/dataset.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"

namespace kiln_test {

// Bars of a width and a slope of the class's own, with noise.
template <std::size_t Channels = 1> kiln::Dataset<kiln::Shape<Channels, 12, 12>, kiln::Label> digits(std::size_t n, std::uint64_t seed, std::uint64_t noise = 170) {
    std::vector<std::uint8_t> pixels;
    std::vector<int> labels;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t label = kiln::key(seed, i) % 10;
        labels.push_back(static_cast<int>(label));
        for (std::size_t c = 0; c < Channels; ++c)
            for (std::size_t p = 0; p < 144; ++p) {
                const bool ink = (p / 12 * (label % 5) + (p % 12 + c) * (label / 5 + 1)) / 3 % 3 == label % 3;
                pixels.push_back(static_cast<std::uint8_t>((ink ? 255 - noise : 0) + kiln::key(seed, i, c, p) % (noise + 1)));
            }
    }
    return {pixels, labels};
}

template <std::size_t Channels = 1>
using Small = kiln::Sequential<kiln::Conv<Channels, 4, 3>, kiln::ReLU, kiln::MaxPool<2>, kiln::Flatten, kiln::Linear<100, 10>>;

}  // namespace kiln_test
