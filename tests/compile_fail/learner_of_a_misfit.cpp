// theme: training
// expect-error: layer 0 Linear<16,24> expects 16 features, but the input gives 8
#include "kiln/kiln.hpp"

using namespace kiln::literals;
using Net = kiln::Sequential<kiln::Linear<16, 24>, kiln::ReLU, kiln::Linear<24, 4>>;
#ifdef CONTROL
using Input = kiln::Shape<16>;
#else
using Input = kiln::Shape<8>;
#endif
using Device = kiln::Learner<Net, Input, kiln::CrossEntropy, kiln::Adam>;
static_assert(Device::bytes(8) < 64_KiB);
Device learner{kiln::Seed{1}, {}, {.learning_rate = 0.01}};
auto train(std::span<const float> x, std::span<const int> labels) { return learner.step(x, labels); }
