// theme: networks
// expect-error: layer 2.1 Linear<84,10> expects 84 features, but layer 2.0 Flatten gives 864
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
constexpr std::size_t features = 864;
#else
constexpr std::size_t features = 84;
#endif
using Head = kiln::Sequential<kiln::Flatten, kiln::Linear<features, 10>>;
kiln::Model<kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::MaxPool<2>, Head>, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
