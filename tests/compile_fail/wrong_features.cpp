// theme: shapes
// Features that disagree between Linear layers are an error where the Sequential is named.
// expect-error: layer 2 Linear<100,10> expects 100 features, but layer 1 Tanh gives 120
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/tanh.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::Linear<784, 120>, kiln::Tanh, kiln::Linear<120, 10>>;
#else
using Net = kiln::Sequential<kiln::Linear<784, 120>, kiln::Tanh, kiln::Linear<100, 10>>;
#endif
