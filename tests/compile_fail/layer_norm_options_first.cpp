// theme: options of layers
// expect-error: LayerNorm and RMSNorm: the options come once, after the extents
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ReLU, kiln::LayerNorm<64, kiln::LayerNormOptions{.eps = 1e-6}>>;
#else
using Net = kiln::Sequential<kiln::ReLU, kiln::LayerNorm<kiln::LayerNormOptions{.eps = 1e-6}, 64>>;
#endif
