// theme: options of layers
// expect-error: MultiheadAttention: the heads divide the features
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/multihead_attention.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::MultiheadAttention<64, 8>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::MultiheadAttention<64, 7>, kiln::ReLU>;
#endif
