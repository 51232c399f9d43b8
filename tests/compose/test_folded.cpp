#include "kiln/compose/folded.hpp"
#include <doctest/doctest.h>
#include "kiln/compose/concat.hpp"
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/batch_norm.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/predictor.hpp"
#include "support/one_sample.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
template <class Net, class In> using OneSample = typename Net::template ExecutionIn<In, Mode::one_sample>;
template <class... Layers> using Runs = Chain<LayerList<Layers...>>;
constexpr Kernel no_bias{.height = 3, .bias = false};

// One map and one normalisation of random numbers, in float, against a model of the same numbers in double. A y is a sum of `terms`
// products, and of the bias, the mean and the norm's bias. With u = 2^-24 each of them meets at most terms + 2 roundings as it is summed up,
// one of w times scale, and those of scale: of var + eps (1), its root (1), the quotient (1), and the product with the norm's weight (1). So
// y is off by (terms + 8) u of the sum of their magnitudes, which the same network gives of the magnitudes of its numbers.
template <class Net, class In> void check_conditioned(std::size_t terms) {
    Model<Net, In> model{Seed{1}};
    Model<Net, In, double> exact{Seed{1}}, magnitudes{Seed{1}};
    std::size_t array = 0;
    model.visit([&](const std::string& name, auto view) {
        ++array;
        for (std::size_t i = 0; i < view.size; ++i)
            view[i] = static_cast<float>(name.ends_with("running_var") ? 1.1 + noise(3, array, i) : noise(3, array, i));
    });
    const auto numbers = [](const auto& from, auto to, auto of) { std::transform(from.begin(), from.end(), to.begin(), of); };
    const auto same = [](float v) { return static_cast<double>(v); };
    numbers(model.parameters(), exact.parameters(), same);
    numbers(model.buffers(), exact.buffers(), same);
    numbers(model.parameters(), magnitudes.parameters(), [](float v) { return std::abs(static_cast<double>(v)); });
    numbers(model.buffers(), magnitudes.buffers(), same);
    for (double& mean : magnitudes.template parameter<"1.running_mean">()) mean = -std::abs(mean);
    Predictor predictor{model};
    for (std::size_t sample = 0; sample < 5; ++sample) {
        auto x = make_sample<float, In>();
        for (std::size_t i = 0; i < In::size; ++i) x.data()[i] = static_cast<float>(noise(7, sample, i));
        const auto expected = exact.predict(x);
        Tensor<float, In::rank> size = x;
        for (float& v : size) v = std::abs(v);
        const auto largest = magnitudes.predict(size);
        const auto& found = predictor(x);
        double off = 0;  // of what it may be
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const double u = std::ldexp(1.0, -24), difference = std::abs(static_cast<double>(found.data()[i]) - expected.data()[i]);
            off = std::max(off, difference / (static_cast<double>(terms + 8) * u * largest.data()[i]));
        }
        CHECK(off <= 1);
        CHECK(off > 0);  // they are different sums
    }
}
}  // namespace

TEST_CASE("folded: a normalisation right after an affine map, and no other") {
    using In = Shape<2, 8, 8>;
    using A = Conv<2, 4, no_bias>;
    using N = BatchNorm<4>;
    static_assert(std::is_same_v<OneSample<Sequential<A, N, ReLU, MaxPool<2>>, In>, Runs<Folded<A, N>, MaxPool<2>, ReLU>>);
    static_assert(std::is_same_v<OneSample<Sequential<A, N, N>, In>, Runs<Folded<A, N>, N>>);
    // What stands between them is not affine, or not a map of channels.
    static_assert(std::is_same_v<OneSample<Sequential<A, ReLU, N>, In>, Runs<A, ReLU, N>>);
    static_assert(std::is_same_v<OneSample<Sequential<BatchNorm<2>, A>, In>, Runs<BatchNorm<2>, A>>);
    static_assert(std::is_same_v<OneSample<Sequential<Linear<7, 5>, BatchNorm<5>>, Shape<7>>, Runs<Folded<Linear<7, 5>, BatchNorm<5>>>>);
    static_assert(std::is_same_v<OneSample<Sequential<Linear<7, 5>, BatchNorm<5>>, Shape<5, 7>>, Runs<Linear<7, 5>, BatchNorm<5>>>);
    // Everywhere else the network is as written, and so are its parameters.
    static_assert(std::is_same_v<Sequential<A, N>::ExecutionIn<In, Mode::inference>, Runs<A, N>>);
}

TEST_CASE("folded: what is packed is the layer's alone") {
    using In = Shape<2, 8, 8>;
    static_assert(packed_of<Sequential<Conv<2, 4, no_bias>, BatchNorm<4>>, In, float>::extent == packed_of<Conv<2, 4, 3>, In, float>::extent);
    static_assert(packed_of<Sequential<Linear<7, 5, Bias::none>, BatchNorm<5>>, Shape<7>, float>::extent == packed_of<Linear<7, 5>, Shape<7>, float>::extent);
    static_assert(workspace<Sequential<Linear<7, 5>, BatchNorm<5>>, Shape<7>, Mode::one_sample>.kept == 0);
}

TEST_CASE("folded: within the rounding of its sums, with a bias and without, of channels in groups, and where outputs come second") {
    check_conditioned<Sequential<Linear<33, 17>, BatchNorm<17>>, Shape<33>>(33);
    check_conditioned<Sequential<Linear<33, 17, Bias::none>, BatchNorm<17>>, Shape<33>>(33);
    check_conditioned<Sequential<Conv<3, 6, 3, 1, 1>, BatchNorm<6>>, Shape<3, 9, 9>>(27);
    check_conditioned<Sequential<Conv<6, 4, Kernel{.height = 3, .width = 2, .groups = 2, .bias = false}, 2>, BatchNorm<4>>, Shape<6, 9, 9>>(18);
    check_conditioned<Sequential<Conv<4, 8, Kernel{.height = 3, .groups = 4, .bias = false}>, BatchNorm<8, BatchNormOptions{.affine = false}>>, Shape<4, 5, 11>>(9);
    check_conditioned<Sequential<Conv<16, 16, Kernel{.height = 3, .bias = false, .algorithm = Algorithm::winograd}, 1, 1>, BatchNorm<16>>, Shape<16, 8, 8>>(144);
    check_conditioned<Sequential<Conv1d<4, 6, Kernel1d{.size = 3, .groups = 2, .bias = false}, 1, 1>, BatchNorm<6>>, Shape<4, 13>>(6);
    check_conditioned<Sequential<Conv1d<4, 6, 3>, BatchNorm<6>>, Shape<4, 13>>(12);
    check_conditioned<Sequential<ConvTranspose<4, 6, 3, 2, 1, 1>, BatchNorm<6>>, Shape<4, 5, 6>>(36);
    check_conditioned<Sequential<ConvTranspose<4, 6, Kernel{.height = 2, .width = 3, .groups = 2, .bias = false}, 2>, BatchNorm<6>>, Shape<4, 5, 6>>(12);
}

TEST_CASE("folded: in branches, in frozen and in named parts, around layers that have parameters") {
    using Branch = Sequential<Conv<3, 3, no_bias, 1, 1>, BatchNorm<3>, ReLU, Named<"last", Conv<3, 3, 3, 1, 1>>, Named<"norm", BatchNorm<3>>>;
    agrees_in_both<Sequential<Residual<Branch>, Conv<3, 2, 1>, BatchNorm<2>, Conv<2, 2, 1>>, Shape<3, 5, 9>>();
    agrees<Concat<Named<"wide", Branch>, Inline<Sequential<Conv<3, 5, 1>, BatchNorm<5>>>>, Shape<3, 7, 7>>();
    agrees<Sequential<Frozen<Branch>, Flatten, Linear<75, 9, Bias::none>, BatchNorm<9>, ReLU, Linear<9, 4>>, Shape<3, 5, 5>>();
}
