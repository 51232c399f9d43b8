// theme: networks
// A mistake inside a branch is named by its path.
// expect-error: layer 1.branch.1 Linear<9,8> expects 9 features, but layer 1.branch.0 ReLU gives 8
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Last = kiln::Linear<8, 8>;
#else
using Last = kiln::Linear<9, 8>;
#endif
kiln::Model<kiln::Sequential<kiln::Linear<4, 8>, kiln::Residual<kiln::Sequential<kiln::ReLU, Last>>>, kiln::Shape<4>> model{kiln::Seed{1}};
