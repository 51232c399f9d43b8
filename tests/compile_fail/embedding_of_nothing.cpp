// theme: options of layers
// expect-error: Embedding: it needs at least one token and one feature
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Embedding<65, 5>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Embedding<0, 5>, kiln::ReLU>;
#endif
