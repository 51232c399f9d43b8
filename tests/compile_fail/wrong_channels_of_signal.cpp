// theme: shapes
// expect-error: layer 2 Conv1d<16,32,3> expects 16 channels, but layer 1 MaxPool1d<2> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/max_pool1d.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Conv1d<1, 16, 5>, kiln::MaxPool1d<2>, kiln::Conv1d<16, 32, 3>>;
#else
using Net = kiln::Sequential<kiln::Conv1d<1, 6, 5>, kiln::MaxPool1d<2>, kiln::Conv1d<16, 32, 3>>;
#endif
