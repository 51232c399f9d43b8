// theme: networks
// expect-error: layer 1 CrossEntropy is a loss, not a layer: give it to the Trainer
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::CrossEntropy>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
