// Data to train on where there is none: ten patterns of random bytes under noise, in ten classes.
#pragma once
#include <cstdint>
#include <vector>
#include "kiln/core/random.hpp"
#include "kiln/data/dataset.hpp"

// A fifth of the labels is drawn at random: a network that is always right would end in gradients too small for float's normal
// range, which are slow and which no real data gives.
template <class Input> kiln::Dataset<Input, kiln::Label> patterns(std::size_t samples) {
    using kiln::key;
    std::vector<std::uint8_t> values(samples * Input::size);
    std::vector<int> labels(samples);
    for (std::size_t i = 0; i < samples; ++i) {
        const auto pattern = key(1, i) % 10;
        labels[i] = static_cast<int>(key(4, i) % 5 == 0 ? key(5, i) % 10 : pattern);
        for (std::size_t p = 0; p < Input::size; ++p)
            values[i * Input::size + p] = static_cast<std::uint8_t>(key(2, pattern, p) % 128 + key(3, i, p) % 128);
    }
    return {std::move(values), labels};
}
