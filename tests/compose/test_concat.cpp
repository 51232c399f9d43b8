#include <doctest/doctest.h>
#include "kiln/compose/concat.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/identity.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/softmax.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/branches.hpp"
#include "support/constant.hpp"

using namespace kiln;

TEST_CASE("Concat: branches beside each other along the first axis") {
    using A = Sequential<Conv<2, 3, 1>, Tanh>;
    using B = Conv<2, 1, 3, 1, 1>;
    using Both = Concat<A, B, Identity>;
    static_assert(std::is_same_v<output_of<Both, Shape<2, 3, 4>>, Shape<6, 3, 4>>);
    const auto parameters = random_parameters<Both, Shape<2, 3, 4>, float>(3);
    constexpr std::size_t width = native_width<float>, samples = width + 2;
    const auto x = random_numbers<float>(samples * 24, 1), dy = random_numbers<float>(samples * 72, 2);
    const auto part = [&](std::size_t from, std::size_t size) {
        std::vector<float> result;
        for (std::size_t s = 0; s < samples; ++s) result.insert(result.end(), &dy[s * 72 + from], &dy[s * 72 + from] + size);
        return result;
    };
    const auto both = run_layer<Both, Shape<2, 3, 4>, width>(parameters, x, dy, {.shards = 2});
    const auto a = alone<A, Shape<2, 3, 4>>(parameters, 0, x, part(0, 36)), b = alone<B, Shape<2, 3, 4>>(parameters, 2, x, part(36, 12));
    std::vector<float> y;
    for (std::size_t s = 0; s < samples; ++s) {
        y.insert(y.end(), &a.y[s * 36], &a.y[s * 36] + 36);
        y.insert(y.end(), &b.y[s * 12], &b.y[s * 12] + 12);
        y.insert(y.end(), &x[s * 24], &x[s * 24] + 24);
    }
    CHECK(both.y == y);
    CHECK(both.dx == plus(plus(a.dx, b.dx), part(48, 24)));
    CHECK(both.names == std::vector<std::string>{"0.0.weight", "0.0.bias", "1.weight", "1.bias"});
    check_derivative<Both, Shape<2, 3, 4>>();
    check_derivative<Both, Shape<2, 3, 4>, Mode::frozen>();
    check_derivative<Sequential<Linear<4, 5>, Concat<Linear<5, 2>, Softmax, Sequential<ReLU, Linear<5, 1>>>, Linear<8, 2>>, Shape<4>>();
    static_assert(Concat<Conv<1, 6, 5>, Conv<1, 2, 5>>::gives.channels == 8 && Concat<Conv<1, 6, 5>, ReLU>::gives.channels == 0);
}

TEST_CASE("Concat: branches that disagree, and a fault inside one, in the user's words") {
    CHECK(network_fault<Concat<Conv<1, 2, 3>, Conv<1, 2, 5>>, Shape<1, 8, 8>>.view() ==
          "Concat joins shapes that differ in the first axis alone, but layer 0 Conv<1,2,3> gives 2x6x6 = 72 and layer 1 Conv<1,2,5> gives 2x4x4 = 32");
    CHECK(network_fault<Sequential<Flatten, Concat<Linear<4, 2>, Linear<5, 2>>>, Shape<4>>.view() ==
          "layer 1.1 Linear<5,2> expects 5 features, but layer 0 Flatten gives 4");
}

static_assert(right_as_constant<Concat<Linear<2, 3>, Identity>, Shape<2>>);
