// theme: shapes
// A bidirectional layer gives twice as many features as it has hidden units.
// expect-error: layer 1 LSTM<64,32> expects 64 features, but layer 0 GRU<28,64,bidirectional> gives 128
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/gru.hpp"
#include "kiln/layers/lstm.hpp"

#ifdef CONTROL
constexpr bool bidirectional = false;
#else
constexpr bool bidirectional = true;
#endif
using Net = kiln::Sequential<kiln::GRU<28, 64, kiln::Recurrent{.bidirectional = bidirectional}>, kiln::LSTM<64, 32>>;
