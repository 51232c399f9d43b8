// theme: shapes
// expect-error: layer 1 Conv<6,16,3> expects a 6xHxW image, but layer 0 Linear<784,96> gives 96
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<784, 96>, kiln::Reshape<6, 4, 4>, kiln::Conv<6, 16, 3>>;
#else
using Net = kiln::Sequential<kiln::Linear<784, 96>, kiln::Conv<6, 16, 3>>;
#endif
kiln::Model<Net, kiln::Shape<784>> model{kiln::Seed{1}};
