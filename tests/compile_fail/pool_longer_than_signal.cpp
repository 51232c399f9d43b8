// theme: shapes
// expect-error: layer 1 AvgPool1d<4> expects a signal of at least 4, but layer 0 Conv1d<1,8,3> gives 8x3 = 24
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/avg_pool1d.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 6>;
#else
using Input = kiln::Shape<1, 5>;
#endif
kiln::Model<kiln::Sequential<kiln::Conv1d<1, 8, 3>, kiln::AvgPool1d<4>>, Input> model{kiln::Seed{1}};
