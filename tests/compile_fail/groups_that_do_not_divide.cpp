// theme: options of layers
// expect-error: a convolution's groups divide both its input and its output channels
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<6, 16, kiln::Kernel{.height = 3, .groups = 2}>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Conv<6, 16, kiln::Kernel{.height = 3, .groups = 4}>, kiln::ReLU>;
#endif
