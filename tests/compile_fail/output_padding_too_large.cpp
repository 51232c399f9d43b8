// theme: options of layers
// expect-error: ConvTranspose: the output padding is less than the stride or the dilation
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv_transpose.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ConvTranspose<16, 8, 3, 2, 1, 1>>;
#else
using Net = kiln::Sequential<kiln::ConvTranspose<16, 8, 3, 2, 1, 2>>;
#endif
