// theme: options of layers
// expect-error: Dropout: the probability is at least 0 and below 1
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/dropout.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ReLU, kiln::Dropout<0.5>>;
#else
using Net = kiln::Sequential<kiln::ReLU, kiln::Dropout<50>>;
#endif
