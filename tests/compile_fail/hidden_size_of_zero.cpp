// theme: options of layers
// expect-error: a recurrent layer has at least one input feature, one hidden unit and one layer
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/lstm.hpp"
#include "kiln/layers/relu.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::LSTM<28, 1>, kiln::ReLU>;
#else
using Net = kiln::Sequential<kiln::LSTM<28, 0>, kiln::ReLU>;
#endif
