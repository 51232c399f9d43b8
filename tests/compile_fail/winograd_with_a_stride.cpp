// theme: options of layers
// expect-error: Winograd's algorithm is for kernels of 2x2 to 5x5 with stride 1, dilation 1 and one group; use Algorithm::direct
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<6, 16, kiln::Kernel{.height = 3, .algorithm = kiln::Algorithm::winograd}, 1, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Conv<6, 16, kiln::Kernel{.height = 3, .algorithm = kiln::Algorithm::winograd}, 2, 1>, kiln::ReLU>;
#endif
