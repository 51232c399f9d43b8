// theme: shapes
// expect-error: layer 1 Reshape<1,27,28> expects 756 numbers, but layer 0 Linear<784,784> gives 784
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<784, 784>, kiln::Reshape<1, 28, 28>>;
#else
using Net = kiln::Sequential<kiln::Linear<784, 784>, kiln::Reshape<1, 27, 28>>;
#endif
kiln::Model<Net, kiln::Shape<784>> model{kiln::Seed{1}};
