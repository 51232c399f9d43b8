// theme: shapes
// expect-error: layer 1 MaxPool<3> expects an image of at least 3x3, but layer 0 Conv<1,6,5> gives 6x2x2 = 24
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 8, 8>;
#else
using Input = kiln::Shape<1, 6, 6>;
#endif
kiln::Model<kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::MaxPool<3>>, Input> model{kiln::Seed{1}};
