// theme: shapes
// expect-error: layer 2 Conv1d<8,16,5> expects a signal of at least 5, but layer 1 MaxPool1d<3> gives 8x4 = 32
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/max_pool1d.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
constexpr std::size_t kernel = 4;
#else
constexpr std::size_t kernel = 5;
#endif
using Net = kiln::Sequential<kiln::Conv1d<1, 8, 3>, kiln::MaxPool1d<3>, kiln::Conv1d<8, 16, kernel>>;
kiln::Model<Net, kiln::Shape<1, 16>> model{kiln::Seed{1}};
