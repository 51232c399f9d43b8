// theme: shapes
// Channels that disagree are an error where the Sequential is named, without any input shape.
// expect-error: layer 2 Conv<16,32,3> expects 16 channels, but layer 1 Conv<1,6,5> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/identity.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Identity, kiln::Conv<1, 16, 5>, kiln::Conv<16, 32, 3>>;
#else
using Net = kiln::Sequential<kiln::Identity, kiln::Conv<1, 6, 5>, kiln::Conv<16, 32, 3>>;
#endif
