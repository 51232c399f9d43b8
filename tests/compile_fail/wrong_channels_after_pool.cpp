// theme: shapes
// Channels are known through activations and pools.
// expect-error: layer 3 Conv<16,32,3> expects 16 channels, but layer 2 MaxPool<2> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 16, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Conv<16, 32, 3>>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Conv<16, 32, 3>>;
#endif
