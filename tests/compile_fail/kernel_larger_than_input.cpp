// theme: shapes
// expect-error: layer 3 Conv<6,16,5> expects an image of at least 5x5, but layer 2 MaxPool<2> gives 6x4x4 = 96
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
constexpr std::size_t kernel = 3;
#else
constexpr std::size_t kernel = 5;
#endif
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Conv<6, 16, kernel>, kiln::ReLU>;
kiln::Model<Net, kiln::Shape<1, 12, 12>> model{kiln::Seed{1}};
