// theme: models and predictions
// expect-error: layer 1 Linear<9,3> expects 9 features, but layer 0 Embedding<5,2> gives 2
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Head = kiln::Linear<2, 3>;
#else
using Head = kiln::Linear<9, 3>;
#endif
constexpr std::array<float, 19> weights{};
inline constexpr auto y = kiln::evaluate<kiln::Sequential<kiln::Embedding<5, 2>, Head>, kiln::Tokens<4, 5>>(weights, std::array{1.F, 2.F, 3.F, 4.F});
