// theme: files and copies
// expect-error: the model to write into is const: give one that is not
#include "kiln/kiln.hpp"

#ifdef CONTROL
using M = kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#else
using M = const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>;
#endif
void take(const kiln::Model<kiln::Linear<4, 3>, kiln::Shape<4>>& from, M& to) { kiln::copy(from, to); }
