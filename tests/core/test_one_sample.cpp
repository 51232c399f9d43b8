#include "kiln/core/one_sample.hpp"
#include <doctest/doctest.h>
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/flatten.hpp"
#include "support/one_sample.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
// y = w x with two numbers packed for each of the three weights, and what it has become in the list of a network.
struct Scale {
    static constexpr Text name() { return "Scale"; }
    template <class In> static constexpr bool accepts = In::size == 3;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"weight", Shape<3>>>;
    static void forward(auto tile) {
        const auto [weight] = tile.parameters;
        for (std::size_t i = 0; i < 3; ++i) tile.y[i] = typename decltype(tile)::L(weight[i]) * tile.x[i];
    }
    static void backward(auto) {}
    template <class In, class T> using Packed = Arrays<Shape<6>>;
    template <class In> static void pack(auto parameters, auto, auto packed) {
        for (std::size_t i = 0; i < 6; ++i) std::get<0>(packed)[i] = std::get<0>(parameters)[i / 2] / 2;
    }
    static void one_sample(auto tile) {
        const auto [halves] = tile.packed;
        for (std::size_t i = 0; i < 3; ++i) tile.y[i] = (halves[2 * i] + halves[2 * i + 1]) * tile.x[i];
    }
};
// It says nothing of one sample.
struct Shift {
    static constexpr Text name() { return "Shift"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"shift", Shape<1>>>;
    static void forward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] + typename decltype(tile)::L(std::get<0>(tile.parameters)[0]);
    }
    static void backward(auto) {}
};
static_assert(OneSampleLayer<Scale, Shape<3>, float> && !OneSampleLayer<Shift, Shape<3>, float>);
static_assert(packed_of<Scale, Shape<3>, float>::extent == 16);  // the next list begins at a cache line
static_assert(std::is_same_v<packed_of<Shift, Shape<3>, float>, parameters_of<Shift, Shape<3>>>);
}  // namespace

TEST_CASE("one sample: what is packed is read instead of the parameters, and a layer without a plan runs as it is") {
    agrees<Scale, Shape<3>>();
    agrees<Shift, Shape<3>>();
    agrees_in_both<Sequential<Shift, Scale, Flatten, Sequential<Scale, Shift>>, Shape<3>>();
}
