// theme: shapes
// expect-error: layer 1 BatchNorm<16> expects 16 channels, but layer 0 Conv<1,8,3> gives 8
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 8, 3>, kiln::BatchNorm<8>>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 8, 3>, kiln::BatchNorm<16>>;
#endif
