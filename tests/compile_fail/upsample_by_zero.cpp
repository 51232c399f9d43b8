// theme: options of layers
// expect-error: Upsample: the scale is at least 1
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/upsample.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Upsample<2, kiln::Interpolation::bilinear>>;
#else
using Net = kiln::Sequential<kiln::Upsample<0, kiln::Interpolation::bilinear>>;
#endif
