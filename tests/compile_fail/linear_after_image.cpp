// theme: shapes
// expect-error: layer 3 Linear<256,120> expects 256 features, but layer 2 MaxPool<2> gives 16x4x4 = 256: put Flatten before it
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv<1, 16, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Flatten, kiln::Linear<256, 120>>;
#else
using Net = kiln::Sequential<kiln::Conv<1, 16, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Linear<256, 120>>;
#endif
kiln::Model<Net, kiln::Shape<1, 12, 12>> model{kiln::Seed{1}};
