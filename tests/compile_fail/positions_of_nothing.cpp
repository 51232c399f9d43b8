// theme: options of layers
// expect-error: PositionEmbedding: it needs at least one token and one feature
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::PositionEmbedding<4, 8>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::PositionEmbedding<0, 8>, kiln::ReLU>;
#endif
