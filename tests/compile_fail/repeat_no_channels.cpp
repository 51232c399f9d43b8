// theme: options of layers
// expect-error: RepeatChannels: the channels are there at least once
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/repeat_channels.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::RepeatChannels<8>>;
#else
using Net = kiln::Sequential<kiln::RepeatChannels<0>>;
#endif
