// theme: options of layers
// expect-error: TransformerEncoder: the heads divide the features
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 4, 16, 2>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::TransformerEncoder<8, 3, 16, 2>, kiln::ReLU>;
#endif
