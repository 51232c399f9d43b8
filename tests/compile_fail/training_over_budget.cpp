// theme: training
// expect-error: more than the budget of 262144: a smaller network, a smaller minibatch, fewer shards or an optimiser with fewer moments takes less
#include "kiln/kiln.hpp"

using namespace kiln::literals;
#ifdef CONTROL
constexpr std::size_t hidden = 24;
#else
constexpr std::size_t hidden = 512;
#endif
using Net = kiln::Sequential<kiln::Linear<256, hidden>, kiln::ReLU, kiln::Linear<hidden, 10>>;
static_assert(kiln::within_budget<kiln::training_bytes<Net, kiln::Shape<256>, kiln::Adam>(16, 1, 1), 256_KiB>);
