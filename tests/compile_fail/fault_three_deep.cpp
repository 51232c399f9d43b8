// theme: networks
// However deep a mistake lies, it is one error, with its path.
// expect-error: layer 1.1.1.1.2 Linear<9,8> expects 9 features, but layer 1.1.1.1.1 Flatten gives 8
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr std::size_t features = 8;
#else
constexpr std::size_t features = 9;
#endif
using Inner = kiln::Sequential<kiln::ReLU, kiln::Flatten, kiln::Linear<features, 8>>;
using Middle = kiln::Concat<kiln::Flatten, kiln::Sequential<kiln::Tanh, Inner>>;
using Net = kiln::Sequential<kiln::ReLU, kiln::Sequential<kiln::ReLU, Middle>>;
kiln::Model<Net, kiln::Shape<2, 4>> model{kiln::Seed{1}};
