// theme: shapes
// expect-error: layer 0 Conv1d<1,8,3> expects a 1xL signal, but the input gives 1x28x28 = 784
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 784>;
#else
using Input = kiln::Shape<1, 28, 28>;
#endif
kiln::Model<kiln::Sequential<kiln::Conv1d<1, 8, 3>, kiln::ReLU>, Input> model{kiln::Seed{1}};
