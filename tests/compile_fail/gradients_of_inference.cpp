// theme: models and predictions
// expect-error: check_gradients: inference has no gradients; Mode::frozen checks infer_backward
#include "kiln/layers/linear.hpp"
#include "kiln/train/check_gradients.hpp"

#ifdef CONTROL
constexpr kiln::Mode mode = kiln::Mode::frozen;
#else
constexpr kiln::Mode mode = kiln::Mode::inference;
#endif
bool check() { return kiln::check_gradients<kiln::Linear<4, 3>, kiln::Shape<4>, mode>().passed; }
