#include <doctest/doctest.h>
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/copy.hpp"
#include "kiln/model/model.hpp"

using namespace kiln;

namespace {
using Trunk = Sequential<Linear<6, 5>, ReLU>;
using Input = Shape<6>;
}  // namespace

TEST_CASE("copy: a trunk's numbers into another network, frozen there") {
    Model<Sequential<Trunk, Linear<5, 3>>, Input, double> trained{Seed{1}};
    Model<Sequential<Frozen<Trunk>, Linear<5, 2>>, Input> fresh{Seed{2}};
    const float head = fresh.parameter<"1.weight">()(0, 0);
    kiln::copy(trained.part<0>(), fresh.part<0>());
    for (std::size_t i = 0; i < 30; ++i)
        CHECK(fresh.parameter<"0.0.weight">().data()[i] == static_cast<float>(trained.parameter<"0.0.weight">().data()[i]));
    CHECK(fresh.parameter<"0.0.bias">()(4) == static_cast<float>(trained.parameter<"0.0.bias">()(4)));
    CHECK(fresh.parameter<"1.weight">()(0, 0) == head);
}

TEST_CASE("copy: networks that differ are an error, and the target is as it was") {
    const Model<Linear<6, 5>, Input> small{Seed{1}};
    Model<Linear<6, 4>, Input> other{Seed{2}};
    Model<Trunk, Input> deep{Seed{3}};
    const auto before = std::vector<float>(other.parameters().begin(), other.parameters().end());
    CHECK_THROWS_WITH_AS(kiln::copy(small, other), "copy: weight has 30 numbers in the source and 24 in the target", ParameterError);
    CHECK_THROWS_WITH_AS(kiln::copy(deep, other), "copy: the source has 0.weight, and the target has no array of that name", ParameterError);
    using Less = Sequential<Linear<6, 5>>;
    Model<Sequential<Linear<6, 5>, Linear<5, 5>>, Input> more{Seed{4}};
    CHECK_THROWS_WITH_AS(kiln::copy(Model<Less, Input>{Seed{1}}, more), "copy: the target has 4 arrays, and the source 2 of them", ParameterError);
    CHECK(std::vector<float>(other.parameters().begin(), other.parameters().end()) == before);
}
