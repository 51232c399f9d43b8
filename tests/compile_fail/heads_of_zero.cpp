// theme: options of layers
// expect-error: MultiheadAttention: the heads divide the features
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::MultiheadAttention<8, 2>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::MultiheadAttention<8, 0>, kiln::ReLU>;
#endif
