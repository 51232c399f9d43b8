// theme: training
// expect-error: is no loss: kiln::CrossEntropy{} or kiln::MSE{} is one
#include "kiln/kiln.hpp"

using Net = kiln::Sequential<kiln::Linear<16, 24>, kiln::ReLU, kiln::Linear<24, 4>>;
#ifdef CONTROL
using Device = kiln::Learner<Net, kiln::Shape<16>, kiln::CrossEntropy, kiln::Adam>;
#else
using Device = kiln::Learner<Net, kiln::Shape<16>, kiln::Adam, kiln::CrossEntropy>;
#endif
Device learner{kiln::Seed{1}, {}, {}};
