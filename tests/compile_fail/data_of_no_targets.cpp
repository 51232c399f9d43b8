// theme: data sets
// expect-error: a data set's targets are kiln::Label, kiln::Number, a kiln::Shape or kiln::Tokens, but int was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
kiln::Dataset<kiln::Shape<4>, kiln::Label> data;
#else
kiln::Dataset<kiln::Shape<4>, int> data;
#endif
