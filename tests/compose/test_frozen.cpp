#include <doctest/doctest.h>
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/residual.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/layers/tanh.hpp"
#include "kiln/model/model.hpp"
#include "kiln/train/check_gradients.hpp"
#include "support/constant.hpp"
#include "support/run_layer.hpp"

using namespace kiln;

namespace {
using Trunk = Sequential<Linear<6, 5>, Tanh, Residual<Linear<5, 5>>>;
using Whole = Sequential<Trunk, Linear<5, 3>>;
using Head = Sequential<Frozen<Trunk>, Linear<5, 3>>;

template <class Net, class In> std::vector<std::string> names_in(const Model<Net, In>& model) {
    std::vector<std::string> names;
    model.visit([&](const std::string& name, auto) { names.push_back(name); });
    std::sort(names.begin(), names.end());
    return names;
}
}  // namespace

TEST_CASE("Frozen: the same names, and nothing to train") {
    const Model<Whole, Shape<6>> whole{Seed{1}};
    const Model<Head, Shape<6>> head{Seed{1}};
    CHECK(names_in(whole) == names_in(head));
    static_assert(Model<Head, Shape<6>>::parameter_count == 18 && Model<Whole, Shape<6>>::parameter_count == 35 + 30 + 18);
    static_assert(!trainable<Frozen<Trunk>, Shape<6>>);
    CHECK(head.parameter<"0.2.branch.weight">()(1, 2) == whole.parameter<"0.2.branch.weight">()(1, 2));
    const Tensor<float, 2> x({4, 6}, 0.3F);
    CHECK(head.predict(x) == whole.predict(x));
}

TEST_CASE("Frozen: its gradient reaches the layers below, and its own is not taken") {
    using Below = Sequential<Linear<6, 6>, Frozen<Trunk>, Linear<5, 2>>;
    const auto check = check_gradients<Below, Shape<6>>();
    INFO(check.worst.view());
    CHECK(check.passed);
    REQUIRE(check.arrays.size() == 5);  // x, two weights, two biases
    CHECK(check.arrays[1].name == "0.weight");
    CHECK(check.arrays[3].name == "2.weight");
}

TEST_CASE("Frozen: backward stops where nothing below is trained") {
    // x and forward are multiplied through; of backward there is the head's gradient alone.
    static_assert(backward_multiply_adds<Head, Shape<6>, false> == 15);
    static_assert(backward_multiply_adds<Whole, Shape<6>, false> == 15 + 15 + 25 + 25 + 30);
    static_assert(backward_multiply_adds<Frozen<Linear<6, 5>>, Shape<6>, true> == 30);
}

static_assert(right_as_constant<Frozen<Linear<3, 2>>, Shape<3>>);
