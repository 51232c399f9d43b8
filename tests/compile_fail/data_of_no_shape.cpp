// theme: data sets
// expect-error: a data set's samples are of a kiln::Shape or kiln::Tokens, but int was given
#include "kiln/kiln.hpp"

#ifdef CONTROL
kiln::Dataset<kiln::Shape<4>, kiln::Label> data;
#else
kiln::Dataset<int, kiln::Label> data;
#endif
