// The sentences that follow from it are in tests/compile_fail.
#include <doctest/doctest.h>
#include "kiln/core/contract.hpp"
#include "kiln/compose/frozen.hpp"
#include "kiln/compose/sum.hpp"
#include "kiln/layers/conv1d.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/losses/mse.hpp"

using namespace kiln;

namespace {
struct Whole {
    static constexpr Text name() { return "Whole"; }
    template <class In> static constexpr bool accepts = In::rank == 1;
    template <class In> using output_shape = In;
    static constexpr void forward(auto) {}
    static constexpr void backward(auto) {}
};
struct Final final : Whole {};
struct Nameless {
    static constexpr void forward(auto) {}
    static constexpr void backward(auto) {}
};
struct Ahead {
    static constexpr Text name() { return "Ahead"; }
    static constexpr void forward(auto) {}
};
struct Shapeless : Whole {
    template <class In> using output_shape = int;
};

template <class Layer, class In = void> bool says(std::string_view part) {
    return contract_fault<Layer, In>().view().find(part) != std::string_view::npos;
}
}  // namespace

TEST_CASE("contract: a layer has a name, forward and backward, wherever they come from") {
    CHECK(is_layer<Whole>);
    CHECK(is_layer<Final>);  // at its word
    CHECK(is_layer<ReLU>);   // from a base class
    CHECK(is_layer<Conv1d<1, 2, 3>>);  // as templates of a tile
    CHECK(is_layer<Frozen<ReLU>>);
    CHECK(contract_fault<Whole>().empty());
    CHECK(contract_fault<Whole, Shape<3>>().empty());
    CHECK(contract_fault<Whole, Shape<3, 2>>().empty());  // does not take it, but says so
}

TEST_CASE("contract: what is missing is named") {
    CHECK_FALSE(is_layer<Ahead>);
    CHECK_FALSE(is_layer<Nameless>);
    CHECK_FALSE(is_layer<Sum<>>);
    CHECK_FALSE(is_layer<MSE>);
    CHECK_FALSE(is_layer<int>);
    CHECK_FALSE(accepts<Ahead, Shape<3>>);
    CHECK_FALSE(accepts<Shapeless, Shape<3>>);
    CHECK(says<Ahead>("has no backward(tile)"));
    CHECK(says<Nameless>("has no name()"));
    CHECK(says<Shapeless, Shape<3>>("has no output_shape<In>"));
    CHECK(says<MSE>("is a loss"));
    CHECK(says<Sum<>>("has no branches"));
    CHECK(says<int>("is no layer"));
    CHECK(says<NoLayer<int>>("is no layer"));
    CHECK(called<Ahead>().view() == "Ahead");
    CHECK(called<NoLayer<int>>().view() == "int");
}
