// theme: networks
// Branches that are added have one shape.
// expect-error: Sum adds branches of one shape, but layer 0 Linear<4,3> gives 3 and layer 1 Linear<4,2> gives 2
#include "kiln/compose/sum.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Second = kiln::Linear<4, 3>;
#else
using Second = kiln::Linear<4, 2>;
#endif
kiln::Model<kiln::Sum<kiln::Linear<4, 3>, Second>, kiln::Shape<4>> model{kiln::Seed{1}};
