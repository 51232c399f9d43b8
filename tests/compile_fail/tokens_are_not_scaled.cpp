// theme: data sets
// expect-error: tokens are no quantities: there is nothing to scale or to normalise
#include "kiln/data/dataset.hpp"

#ifdef CONTROL
using Input = kiln::Shape<64>;
#else
using Input = kiln::Tokens<64, 65>;
#endif
auto normalised(const kiln::Dataset<Input, kiln::Label>& data) { return data.transformed(kiln::Normalize{0.5, 0.5}); }
