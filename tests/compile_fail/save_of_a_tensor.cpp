// theme: files and copies
// expect-error: a kiln::Model or a part of one has numbers to save, load and copy, but a tensor of 2 axes was given
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"

#ifdef CONTROL
using M = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#else
using M = kiln::Tensor<float, 2>;
#endif
void keep(const M& m) { kiln::save(m, "numbers.safetensors"); }
