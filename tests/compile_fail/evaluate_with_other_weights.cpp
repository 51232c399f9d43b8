// theme: models and predictions
// expect-error: evaluate: the network has 9 weights, but 8 are given
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr std::array<double, 9> weights{};
#else
constexpr std::array<double, 8> weights{};
#endif
inline constexpr auto y = kiln::evaluate<kiln::Sequential<kiln::Linear<2, 2>, kiln::Linear<2, 1>>, kiln::Shape<2>>(weights, std::array{1., 2.});
