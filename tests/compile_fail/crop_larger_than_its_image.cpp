// theme: data sets
// expect-error: a crop lies inside its image
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr std::size_t size = 2;
#else
constexpr std::size_t size = 8;
#endif
auto middle(const kiln::Dataset<kiln::Shape<1, 4, 4>, kiln::Label>& data) { return data.cropped<size, size>(); }
