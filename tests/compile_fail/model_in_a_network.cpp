// theme: networks
// expect-error: is a model, not a layer: name its network instead
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::Linear<4, 3>>;
#else
using Net = kiln::Sequential<kiln::Linear<4, 4>, kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>>;
#endif
kiln::Model<Net, kiln::Shape<4>> model{kiln::Seed{1}};
