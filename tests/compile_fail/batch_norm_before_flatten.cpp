// theme: shapes
// expect-error: layer 1 BatchNorm<50> expects 50 channels, but layer 0 AvgPool<2> gives 2x5x5 = 50: put Flatten before it
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/avg_pool.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::AvgPool<2>, kiln::Flatten, kiln::BatchNorm<50>>;
#else
using Net = kiln::Sequential<kiln::AvgPool<2>, kiln::BatchNorm<50>>;
#endif
kiln::Model<Net, kiln::Shape<2, 10, 10>> model{kiln::Seed{1}};
