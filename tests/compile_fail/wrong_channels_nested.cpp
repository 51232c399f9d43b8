// theme: shapes
// Channels are known into and out of a nested Sequential.
// expect-error: layer 1 Sequential expects 16 channels, but layer 0 Conv<1,6,5> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/relu.hpp"

template <std::size_t Channels> using Block = kiln::Sequential<kiln::Conv<Channels, 32, 3>, kiln::ReLU>;
#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, Block<6>>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, Block<16>>;
#endif
