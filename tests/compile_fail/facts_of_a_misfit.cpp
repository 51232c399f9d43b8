// theme: models and predictions
// Facts of a network that does not fit are the one error that its model would be.
// expect-error: layer 1 Linear<9,3> expects 9 features, but layer 0 Linear<4,8> gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Head = kiln::Linear<8, 3>;
#else
using Head = kiln::Linear<9, 3>;
#endif
using Net = kiln::Sequential<kiln::Linear<4, 8>, Head>;
using Input = kiln::Shape<4>;
static_assert(kiln::parameter_count<Net, Input> < 100 && kiln::flops<Net, Input> < kiln::training_flops<Net, Input> + 1);
static_assert(kiln::layer_facts<Net, Input>.size() > 0 && kiln::workspace_bytes<Net, Input> > 0 && kiln::static_footprint<Net, Input> > 0);
