// theme: networks
// A layer with a name of its own is called by it.
// expect-error: layer fc2 Linear<400,10> expects 400 features, but layer fc1 Linear<784,120> gives 120
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Last = kiln::Linear<120, 10>;
#else
using Last = kiln::Linear<400, 10>;
#endif
using Net = kiln::Sequential<kiln::Named<"fc1", kiln::Linear<784, 120>>, kiln::Named<"fc2", Last>>;
kiln::Model<Net, kiln::Shape<784>> model{kiln::Seed{1}};
