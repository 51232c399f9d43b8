// theme: shapes
// expect-error: layer 1 Conv<6,16,7,2,1> expects an image of at least 5x5, but layer 0 Conv<1,6,5,4> gives 6x3x3 = 54
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
constexpr std::size_t padding = 2;
#else
constexpr std::size_t padding = 1;
#endif
using Net = kiln::Sequential<kiln::Conv<1, 6, 5, 4>, kiln::Conv<6, 16, 7, 2, padding>, kiln::ReLU>;
kiln::Model<Net, kiln::Shape<1, 15, 15>> model{kiln::Seed{1}};
