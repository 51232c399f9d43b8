// theme: options of layers
// expect-error: a recurrent layer has at least one input feature, one hidden unit and one layer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::GRU<4, 5, kiln::Recurrent{.layers = 2}>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::GRU<4, 5, kiln::Recurrent{.layers = 0}>, kiln::ReLU>;
#endif
