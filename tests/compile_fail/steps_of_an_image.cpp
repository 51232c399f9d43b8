// theme: shapes
// expect-error: layer 0 GRU<28,64,last step> expects steps of 28 features (Reshape<28,28> makes them), but the input gives 1x28x28 = 784
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/model/model.hpp"

using Rows = kiln::GRU<28, 64, kiln::Recurrent{.output = kiln::last_step}>;
#ifdef CONTROL
using Net = kiln::Sequential<kiln::Reshape<28, 28>, Rows, kiln::Linear<64, 10>>;
#else
using Net = kiln::Sequential<Rows, kiln::Linear<64, 10>>;
#endif
kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
