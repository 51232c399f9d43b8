// theme: training
// expect-error: layer 0 Linear<16,24> expects 16 features, but the input gives 8
#include "kiln/kiln.hpp"

using Net = kiln::Sequential<kiln::Linear<16, 24>, kiln::ReLU, kiln::Linear<24, 4>>;
#ifdef CONTROL
using Input = kiln::Shape<16>;
#else
using Input = kiln::Shape<8>;
#endif
constexpr std::size_t bytes = kiln::training_bytes<Net, Input, kiln::Adam>(16);
