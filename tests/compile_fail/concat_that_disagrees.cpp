// theme: networks
// Branches side by side have images of one size.
// expect-error: layer 0 Concat joins shapes that differ in the first axis alone, but layer 0 Conv<1,2,3> gives 2x6x6 = 72 and layer 1 Conv<1,2,5> gives 2x4x4 = 32
#include "kiln/compose/concat.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Wide = kiln::Conv<1, 2, 5, 1, 1>;
#else
using Wide = kiln::Conv<1, 2, 5>;
#endif
kiln::Model<kiln::Sequential<kiln::Concat<kiln::Conv<1, 2, 3>, Wide>>, kiln::Shape<1, 8, 8>> model{kiln::Seed{1}};
