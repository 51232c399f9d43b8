// theme: options of layers
// expect-error: ConvTranspose has the direct algorithm only
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ConvTranspose<6, 16, kiln::Kernel{.height = 3}>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::ConvTranspose<6, 16, kiln::Kernel{.height = 3, .algorithm = kiln::Algorithm::winograd}>, kiln::ReLU>;
#endif
