// theme: models and predictions
// expect-error: Linear<4,3> expects 4 features, but the input gives 5
#include "kiln/layers/linear.hpp"
#include "kiln/train/check_gradients.hpp"

#ifdef CONTROL
using Input = kiln::Shape<4>;
#else
using Input = kiln::Shape<5>;
#endif
bool check() { return kiln::check_gradients<kiln::Linear<4, 3>, Input>().passed; }
