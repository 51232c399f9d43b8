// theme: data sets
// expect-error: a crop is one of images: samples of channels x rows x columns
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Input = kiln::Shape<1, 4, 4>;
#else
using Input = kiln::Shape<16>;
#endif
auto middle(const kiln::Dataset<Input, kiln::Label>& data) { return data.cropped<2, 2>(); }
