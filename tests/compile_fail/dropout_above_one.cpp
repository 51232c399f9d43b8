// theme: options of layers
// expect-error: Dropout: the probability is at least 0 and below 1
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Dropout<0.15>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Dropout<1.5>, kiln::ReLU>;
#endif
