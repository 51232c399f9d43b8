// theme: shapes
// expect-error: layer 4 Linear<400,120> expects 400 features, but layer 3 Flatten gives 864
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
constexpr std::size_t features = 400;
#endif
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::ReLU, kiln::MaxPool<2>, kiln::Flatten,
                             kiln::Linear<features, 120>, kiln::ReLU, kiln::Linear<120, 10>>;

int main() {
    kiln::Model<Net, kiln::Shape<1, 28, 28>> model{kiln::Seed{1}};
    xt::xtensor<float, 4> images({2, 1, 28, 28});
    return model.classify(images)(0);  // a broken model says so once, whatever is asked of it
}
