// theme: networks
// expect-error: layer 0 Conv<3,6,5> expects 3 channels, but the input gives 1x28x28 = 784
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<3, 28, 28>;
#else
using Input = kiln::Shape<1, 28, 28>;
#endif
kiln::Model<kiln::Sequential<kiln::Conv<3, 6, 5>, kiln::ReLU>, Input> model{kiln::Seed{1}};
