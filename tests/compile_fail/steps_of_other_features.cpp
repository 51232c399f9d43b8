// theme: shapes
// expect-error: layer 0 RNN<28,16> expects steps of 28 features, but the input gives 28x27 = 756
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/rnn.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<28, 28>;
#else
using Input = kiln::Shape<28, 27>;
#endif
kiln::Model<kiln::Sequential<kiln::RNN<28, 16>, kiln::Tanh>, Input> model{kiln::Seed{1}};
