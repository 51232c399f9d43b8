// theme: options of layers
// expect-error: TransformerEncoder: it needs at least one feature, one head and one hidden unit
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 2, 16, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 2, 0, 1>, kiln::ReLU>;
#endif
