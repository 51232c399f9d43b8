// Flatten: the same numbers as one row of features.
//
//     x [C, H, W], or any shape    y [C H W]
#pragma once
#include "kiln/layers/same_numbers.hpp"

namespace kiln {

struct Flatten : SameNumbers {
    static constexpr Text name() { return "Flatten"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = Shape<In::size>;
};

}  // namespace kiln
