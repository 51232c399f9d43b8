// check_whole: labels and tokens are whole numbers, from 0 to one less than there are. Any others would be places in memory
// that is not theirs, so they are looked for wherever a user's numbers come in.
#pragma once
#include <cmath>
#include <cstddef>
#include <string>
#include "kiln/core/error.hpp"

namespace kiln {

// DataError unless every number is a whole one below `end`. The first that is not is named by its sample, and by its step where a
// sample has several, or where a sample has none by its place in the list:
//
//     token 70 at step 3 of sample 2 is none of the vocabulary: tokens are whole numbers from 0 to 64
void check_whole(const auto& numbers, std::size_t in_sample, std::size_t end, const char* what, const char* is_none) {
    const auto place = [&](std::size_t i) {
        if (in_sample == 0) return " at position " + std::to_string(i);
        return (in_sample > 1 ? " at step " + std::to_string(i % in_sample) : "") + " of sample " + std::to_string(i / in_sample);
    };
    std::size_t i = 0;
    for (const auto& found : numbers) {
        const auto number = static_cast<double>(found);
        if (!(number >= 0 && number < static_cast<double>(end) && number == std::floor(number)))
            fail<DataError>(what + (' ' + std::to_string(found)) + place(i) + " is " + is_none + ": " + what + "s are whole numbers from 0 to " +
                            std::to_string(end - 1));
        ++i;
    }
}

}  // namespace kiln
