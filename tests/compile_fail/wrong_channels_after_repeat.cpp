// theme: shapes
// What is known of the channels is known of their copies.
// expect-error: layer 2 Conv<8,16,3> expects 8 channels, but layer 1 RepeatChannels<3> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/repeat_channels.hpp"

#ifdef CONTROL
constexpr std::size_t times = 4;
#else
constexpr std::size_t times = 3;
#endif
using Net = kiln::Sequential<kiln::Conv<1, 2, 5>, kiln::RepeatChannels<times>, kiln::Conv<8, 16, 3>>;
