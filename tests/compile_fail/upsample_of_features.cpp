// theme: shapes
// expect-error: layer 1 Upsample<2> expects a CxHxW image, but layer 0 Linear<16,64> gives 64
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/reshape.hpp"
#include "kiln/layers/upsample.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<16, 64>, kiln::Reshape<4, 4, 4>, kiln::Upsample<2>>;
#else
using Net = kiln::Sequential<kiln::Linear<16, 64>, kiln::Upsample<2>>;
#endif
kiln::Model<Net, kiln::Shape<16>> model{kiln::Seed{1}};
