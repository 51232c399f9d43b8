// theme: networks
// expect-error: a Sequential needs at least one layer
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/identity.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Identity>;
#else
using Net = kiln::Sequential<>;
#endif
