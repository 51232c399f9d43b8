// theme: options of layers
// expect-error: LayerNorm and RMSNorm: eps is positive
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::LayerNorm<4, kiln::LayerNormOptions{.eps = 1e-6}>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::LayerNorm<4, kiln::LayerNormOptions{.eps = -1}>, kiln::ReLU>;
#endif
