// theme: shapes
// expect-error: layer 1 LayerNorm<8,7,7> expects an input that ends in 8x7x7, but layer 0 ReLU gives 8x14x14 = 1568
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ReLU, kiln::LayerNorm<8, 14, 14>>;
#else
using Net = kiln::Sequential<kiln::ReLU, kiln::LayerNorm<8, 7, 7>>;
#endif
kiln::Model<Net, kiln::Shape<8, 14, 14>> model{kiln::Seed{1}};
