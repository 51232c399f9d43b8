// theme: options of layers
// expect-error: GroupNorm: the groups divide the channels
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/group_norm.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 6, 3>, kiln::GroupNorm<3, 6>>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 6, 3>, kiln::GroupNorm<4, 6>>;
#endif
