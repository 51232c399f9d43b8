// theme: shapes
// Tokens are no quantities: a Linear does not multiply them.
// expect-error: layer 0 Linear<16,8> expects 16 features, but the input gives 16 tokens of 65: put an Embedding before it
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<16>;
#else
using Input = kiln::Tokens<16, 65>;
#endif
kiln::Model<kiln::Sequential<kiln::Linear<16, 8>>, Input> model{kiln::Seed{1}};
