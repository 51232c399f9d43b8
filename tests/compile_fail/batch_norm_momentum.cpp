// theme: options of layers
// expect-error: BatchNorm: the momentum is at least 0 and at most 1
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::BatchNorm<8, kiln::BatchNormOptions{.momentum = 0.01}>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::BatchNorm<8, kiln::BatchNormOptions{.momentum = 10}>, kiln::ReLU>;
#endif
