#include <doctest/doctest.h>
#include <string>
#include <type_traits>
#include "kiln/compose/sequential.hpp"
#include "kiln/core/chain.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/relu.hpp"

using namespace kiln;

TEST_CASE("chain: the walk of shapes, and where it ends") {
    using Fits = walk_t<Shape<1, 6, 6>, Conv<1, 2, 3>, ReLU, Flatten, Linear<32, 5>>;
    static_assert(Fits::fits && Fits::length == 5);
    CHECK(std::is_same_v<Fits::Activation<1>, Shape<2, 4, 4>>);
    CHECK(std::is_same_v<Fits::Last, Shape<5>>);
    using Parts = Fits::Parts<Conv<1, 2, 3>, ReLU, Flatten, Linear<32, 5>>;
    CHECK(std::is_same_v<Parts::at<3>::In, Shape<32>>);
    CHECK(std::is_same_v<Parts::at<3>::Layer, Linear<32, 5>>);
    using Stops = walk_t<Shape<1, 6, 6>, Conv<1, 2, 3>, Linear<32, 5>, ReLU>;
    static_assert(!Stops::fits && Stops::length == 2);
    CHECK(std::is_same_v<walk_t<Shape<3>>::Last, Shape<3>>);
}

TEST_CASE("chain: shapes in words") {
    static_assert(extents_text<Shape<16, 4, 4>>.view() == "16x4x4" && extents_text<Shape<7>>.view() == "7");
    static_assert(shape_text<Shape<16, 4, 4>>.view() == "16x4x4 = 256" && shape_text<Shape<784>>.view() == "784");
    CHECK(PartOf<ReLU>::inside("", 2).view() == "2");
    CHECK(PartOf<ReLU>::inside("2", 1).view() == "2.1");
    CHECK((PartOf<Named<"fc1", ReLU>>::inside("2", 1).view()) == "2.fc1");
    CHECK((PartOf<Named<"fc1", ReLU>>::inside("", 1).view()) == "fc1");
    CHECK(PartOf<Inline<ReLU>>::inside("2", 1).view() == "2");
    CHECK(layer_text<ReLU>("").view() == "ReLU");
    CHECK(layer_text<ReLU>("2.1").view() == "layer 2.1 ReLU");
}

// The sentences that compilers print; that they do is tests/compile_fail's affair.
TEST_CASE("chain: the fault of a network, in the user's words") {
    using Image = Shape<1, 6, 6>;
    using Wide = Sequential<Conv<1, 2, 3>, ReLU, Flatten, Linear<30, 5>>;
    static_assert(network_fault<Wide, Image>.view() == "layer 3 Linear<30,5> expects 30 features, but layer 2 Flatten gives 32");
    using Flat = Sequential<Conv<1, 2, 3>, ReLU, Linear<32, 5>>;
    static_assert(network_fault<Flat, Image>.view() == "layer 2 Linear<32,5> expects 32 features, but layer 1 ReLU gives 2x4x4 = 32: put Flatten before it");
    using First = Sequential<Conv<3, 2, 3>, ReLU>;
    static_assert(network_fault<First, Image>.view() == "layer 0 Conv<3,2,3> expects 3 channels, but the input gives 1x6x6 = 36");
    using Nested = Sequential<Flatten, Sequential<Linear<36, 4>, ReLU, Sequential<ReLU, Linear<5, 2>>>>;
    CHECK(network_fault<Nested, Image>.view() == "layer 1.2.1 Linear<5,2> expects 5 features, but layer 1.2.0 ReLU gives 4");
    using NestedFirst = Sequential<Flatten, Sequential<Linear<35, 4>>>;
    CHECK(network_fault<NestedFirst, Image>.view() == "layer 1.0 Linear<35,4> expects 35 features, but layer 0 Flatten gives 36");
    CHECK(network_fault<Linear<4, 2>, Shape<5>>.view() == "Linear<4,2> expects 4 features, but the input gives 5");
    static_assert(network_fault<Sequential<Flatten, Linear<36, 2>>, Image>.empty());
}

TEST_CASE("chain: what is wrong whatever the input") {
    static_assert(chain_fault<Conv<1, 6, 5>, ReLU, Conv<6, 16, 5>, Flatten, Linear<256, 10>>().empty());
    CHECK(chain_fault<Conv<1, 6, 5>, ReLU, Conv<5, 16, 5>>().view() == "layer 2 Conv<5,16,5> expects 5 channels, but layer 1 ReLU gives 6");
    CHECK(chain_fault<Linear<4, 3>, ReLU, Linear<4, 2>>().view() == "layer 2 Linear<4,2> expects 4 features, but layer 1 ReLU gives 3");
    CHECK(chain_fault<Linear<4, 3>, Sequential<ReLU, Linear<3, 5>>, Linear<4, 2>>().view() == "layer 2 Linear<4,2> expects 4 features, but layer 1 Sequential gives 5");
    CHECK(chain_fault<>().view() == "a Sequential needs at least one layer");
}

TEST_CASE("chain: a sentence in pieces is the sentence") {
    const auto joined = [](std::string_view s) {
        std::string all;
        for (std::size_t i = 0; i < pieces_of(s); ++i) {
            const auto piece = piece_of(s, i);
            CHECK(piece.size() <= longest_piece);
            all += (i ? " " : "") + std::string{piece};
        }
        return all;
    };
    for (const std::string& s : {std::string{"short"}, std::string{"layer 7 Linear<400,120> expects 400 features, but layer 6 Flatten gives 256: put Flatten before it"}}) CHECK(joined(s) == s);
    CHECK(pieces_of("") == 0);
    const std::string solid(longest_piece + 5, 'x');  // no space to cut at
    CHECK(pieces_of(solid) == 2);
    CHECK(std::string{piece_of(solid, 0)} + std::string{piece_of(solid, 1)} == solid);
}
