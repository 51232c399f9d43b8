// theme: networks
// What is an error where a Sequential is named is not one again where it is used.
// expect-error: layer 2 Linear<7,8> expects 7 features, but layer 1 Linear<8,8> gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Last = kiln::Linear<8, 8>;
#else
using Last = kiln::Linear<7, 8>;
#endif
using Inner = kiln::Sequential<kiln::ReLU, kiln::Linear<8, 8>, Last>;
using Net = kiln::Sequential<kiln::Sequential<kiln::ReLU, kiln::Residual<kiln::Sequential<kiln::Tanh, Inner>>>>;
kiln::Model<Net, kiln::Shape<8>> model{kiln::Seed{1}};
