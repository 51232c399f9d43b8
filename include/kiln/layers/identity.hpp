// Identity: y = x    dx = dy
#pragma once
#include "kiln/layers/same_numbers.hpp"

namespace kiln {

struct Identity : SameNumbers {
    static constexpr Text name() { return "Identity"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr Known keeps = all_axes;
};

}  // namespace kiln
