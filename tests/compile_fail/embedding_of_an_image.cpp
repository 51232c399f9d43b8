// theme: shapes
// expect-error: layer 0 Embedding<65,32> expects tokens of a vocabulary of 65, but the input gives 1x28x28 = 784
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/embedding.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Tokens<784, 65>;
#else
using Input = kiln::Shape<1, 28, 28>;
#endif
kiln::Model<kiln::Sequential<kiln::Embedding<65, 32>>, Input> model{kiln::Seed{1}};
