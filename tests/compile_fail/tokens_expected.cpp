// theme: shapes
// expect-error: layer 1 MultiheadAttention<64,8> expects Tx64 tokens, but layer 0 Linear<784,64> gives 64
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/multihead_attention.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<784, 64>, kiln::Reshape<1, 64>, kiln::MultiheadAttention<64, 8>>;
#else
using Net = kiln::Sequential<kiln::Linear<784, 64>, kiln::MultiheadAttention<64, 8>>;
#endif
kiln::Model<Net, kiln::Shape<784>> model{kiln::Seed{1}};
