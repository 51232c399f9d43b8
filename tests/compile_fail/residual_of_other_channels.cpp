// theme: networks
// Shapes that merely broadcast are not added: the shortcut must say how one channel becomes eight.
// expect-error: layer 0 Residual adds its branch, which gives 8x28x28 = 6272, and its shortcut Identity, which gives 1x28x28 = 784: give it the shortcut Conv<1,8,1>
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/model/model.hpp"

using Branch = kiln::Conv<1, 8, 3, 1, 1>;
#ifdef CONTROL
using Net = kiln::Sequential<kiln::Residual<Branch, kiln::Conv<1, 8, 1>>>;
#else
using Net = kiln::Sequential<kiln::Residual<Branch>>;
#endif
kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
