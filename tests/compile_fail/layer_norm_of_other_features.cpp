// theme: shapes
// expect-error: layer 1 LayerNorm<64> expects 64 features, but layer 0 Linear<16,32> gives 32
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/linear.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<16, 64>, kiln::LayerNorm<64>>;
#else
using Net = kiln::Sequential<kiln::Linear<16, 32>, kiln::LayerNorm<64>>;
#endif
