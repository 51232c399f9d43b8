// theme: files and copies
// expect-error: the model to write into is const: give one that is not
#include "kiln/io/safetensors.hpp"
#include "kiln/kiln.hpp"

#ifdef CONTROL
using M = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#else
using M = const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#endif
void restore(M& m) { kiln::load(m, "numbers.safetensors"); }
