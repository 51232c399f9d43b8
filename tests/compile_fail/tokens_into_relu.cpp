// theme: shapes
// A layer that takes numbers of any shape takes no tokens.
// expect-error: layer 0 ReLU expects numbers, but the input gives 16 tokens of 65: put an Embedding before it
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<16>;
#else
using Input = kiln::Tokens<16, 65>;
#endif
kiln::Model<kiln::Sequential<kiln::ReLU>, Input> model{kiln::Seed{1}};
