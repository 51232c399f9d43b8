#include <doctest/doctest.h>
#include "kiln/compose/residual.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/tanh.hpp"
#include "support/branches.hpp"
#include "support/constant.hpp"

using namespace kiln;

TEST_CASE("Residual: a branch and a shortcut, which have names") {
    using Branch = Sequential<Conv<2, 3, 3, 1, 1>, ReLU, Conv<3, 2, 3, 1, 1>>;
    check_sum<Branch, Identity, Residual<Branch>, Shape<2, 4, 5>>();
    using Down = Sequential<Conv<2, 4, 3, 2, 1>, Tanh>;
    check_sum<Down, Conv<2, 4, 1, 2>, Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>>();
    check_derivative<Sequential<Conv<1, 2, 3, 1, 1>, ReLU, Residual<Residual<Branch>>, Flatten, Linear<32, 3>>, Shape<1, 4, 4>>();
    const auto run = run_layer<Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>, native_width<float>>(random_parameters<Residual<Down, Conv<2, 4, 1, 2>>, Shape<2, 6, 6>, float>(1),
                                                                                       std::vector<float>(72), std::vector<float>(36));
    CHECK(run.names == std::vector<std::string>{"branch.0.weight", "branch.0.bias", "shortcut.weight", "shortcut.bias"});
    using Own = Residual<Inline<Sequential<Named<"conv1", Conv<2, 2, 1>>>>, Named<"downsample", Conv<2, 2, 1>>>;
    std::vector<std::string> names;
    std::vector<float> flat(parameters_of<Own, Shape<2, 1, 1>>::extent);
    visit<parameters_of<Own, Shape<2, 1, 1>>>(flat.data(), [&](const std::string& name, auto) { names.push_back(name); });
    CHECK(names == std::vector<std::string>{"conv1.weight", "conv1.bias", "downsample.weight", "downsample.bias"});
}

TEST_CASE("Residual: an identity shortcut takes no memory of its own") {
    using Branch = Sequential<Linear<8, 8>, ReLU, Linear<8, 8>>;
    constexpr Workspace with = workspace<Residual<Branch>, Shape<8>, Mode::training>, without = workspace<Branch, Shape<8>, Mode::training>;
    CHECK(with.kept == without.kept);
    CHECK(with.scratch == without.scratch);
}

TEST_CASE("Residual: a shortcut of another shape, and a fault inside the branch, in the user's words") {
    using Grows = Sequential<Conv<1, 6, 5>, Residual<Conv<6, 8, 3, 1, 1>>>;
    CHECK(network_fault<Grows, Shape<1, 8, 8>>.view() ==
          "layer 1 Residual adds its branch, which gives 8x4x4 = 128, and its shortcut Identity, which gives 6x4x4 = 96: give it the shortcut Conv<6,8,1>");
    using Inside = Sequential<Linear<4, 4>, Residual<Sequential<ReLU, Linear<5, 4>>>>;
    CHECK(network_fault<Inside, Shape<4>>.view() == "layer 1.branch.1 Linear<5,4> expects 5 features, but layer 1.branch.0 ReLU gives 4");
}

TEST_CASE("Residual: its cost is the branch's and the shortcut's") {
    static_assert(multiply_adds<Residual<Linear<4, 4>>, Shape<4>> == 16 && backward_multiply_adds<Residual<Linear<4, 4>>, Shape<4>, true> == 32);
    static_assert(multiply_adds<Residual<Linear<4, 2>, Linear<4, 2>>, Shape<4>> == 16);
}

static_assert(right_as_constant<Residual<Linear<3, 3>, ReLU>, Shape<3>>);
