// LeNet-5 (LeCun et al. 1998, here with ReLU), which more than one example uses.
#pragma once
#include "kiln/kiln.hpp"

using LeNet5 = kiln::Sequential<
    kiln::Conv<1, 6, 5>,  kiln::ReLU, kiln::AvgPool<2>,  // 1x28x28 -> 6x24x24 -> 6x12x12
    kiln::Conv<6, 16, 5>, kiln::ReLU, kiln::AvgPool<2>,  //         -> 16x8x8  -> 16x4x4
    kiln::Flatten,
    kiln::Linear<256, 120>, kiln::ReLU,
    kiln::Linear<120, 84>,  kiln::ReLU,
    kiln::Linear<84, 10>>;
