// theme: data sets
// expect-error: the elements of samples are std::uint8_t, float or double: convert them first
#include "kiln/kiln.hpp"

#ifdef CONTROL
using Elements = std::vector<float>;
#else
using Elements = std::vector<int>;
#endif
kiln::Dataset<kiln::Shape<4>, kiln::Label> data{Elements{}, std::vector<int>{}};
