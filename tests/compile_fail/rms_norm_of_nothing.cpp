// theme: options of layers
// expect-error: LayerNorm and RMSNorm: they need an extent at least
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/rms_norm.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ReLU, kiln::RMSNorm<64>>;
#else
using Net = kiln::Sequential<kiln::ReLU, kiln::RMSNorm<>>;
#endif
