// theme: options of layers
// expect-error: TransformerEncoder: it needs at least one layer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 2, 16, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 2, 16, 0>, kiln::ReLU>;
#endif
