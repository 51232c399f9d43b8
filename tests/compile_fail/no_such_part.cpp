// theme: models and predictions
// expect-error: the network has no part 3: there are 1, counted from 0
#include "kiln/kiln.hpp"

#ifdef CONTROL
constexpr std::size_t part = 0;
#else
constexpr std::size_t part = 3;
#endif
auto head(kiln::Model<kiln::Sequential<kiln::Linear<4, 3>>, kiln::Shape<4>>& model) { return model.part<part>(); }
