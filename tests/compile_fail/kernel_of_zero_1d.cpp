// theme: options of layers
// expect-error: a convolution's kernel is at least 1x1
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv1d<1, 6, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Conv1d<1, 6, 0>, kiln::ReLU>;
#endif
