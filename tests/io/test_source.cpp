// Layers of users' own in exported headers.
#include <doctest/doctest.h>
#include "kiln/compose/residual.hpp"
#include "kiln/layers/elementwise.hpp"
#include "kiln/layers/identity.hpp"
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

namespace {
struct Square : Elementwise<Square, Reads::x> {
    static constexpr Text name() { return "Square"; }
    template <class L> static constexpr L value(const L& x) { return x * x; }
    template <class L> static constexpr L gradient(const L& x, const L& dy) { return L(2) * x * dy; }
};

// y = gain x, one gain for all, and the largest |y| there may be in a buffer.
struct Gain {
    static constexpr Text name() { return "Gain"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    using Parameters = Arrays<Parameter<"gain", Shape<1>>>;
    using Buffers = Arrays<Parameter<"limit", Shape<1>>>;
    static constexpr void init(auto parameters, auto&&) { std::get<0>(parameters).fill(3); }
    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        for (std::size_t i = 0; i < tile.x.size; ++i)
            tile.y[i] = min(tile.x[i] * L(std::get<0>(tile.parameters)[0]), L(std::get<0>(tile.buffers)[0]));
    }
    static constexpr void backward(auto) {}
};
struct Unknown : Elementwise<Unknown, Reads::x> {
    static constexpr Text name() { return "Unknown"; }
};
}  // namespace

template <> struct kiln::Source<Square> {
    static constexpr Function function{"square", R"(
// y = x^2
template <std::size_t Size> constexpr void square(const float* x, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] * x[i];
}
)"};
    template <class In> static void write(LayerSource& layer) { layer.call(function, {In::size}, {layer.x, layer.y}); }
};
template <> struct kiln::Source<Gain> {
    static constexpr Function function{"gain", R"(
// y = gain x, up to a limit
template <std::size_t Size> constexpr void gain(const float* x, const float* gain, float limit, float* y) {
    for (std::size_t i = 0; i < Size; ++i) y[i] = gain[0] * x[i] < limit ? gain[0] * x[i] : limit;
}
)"};
    template <class In> static void write(LayerSource& layer) {
        layer.call(function, {In::size}, {layer.x, layer.constant("gain"), LayerSource::number(layer.numbers("limit")[0]), layer.y});
    }
};

TEST_CASE("a layer of one's own says how it is written, with its numbers") {
    Model<Sequential<Linear<3, 4>, Square, Named<"loud", Gain>>, Shape<3>> model{Seed{1}};
    scramble(model);
    model.buffers()[0] = 2;
    const std::string text = check_exported(model);
    CHECK(contains(text, "    // 1 Square: 4 -> 4\n    layers::square<4>(memory, memory);\n"));
    CHECK(contains(text, "    // loud Gain: 4 -> 4\n    layers::gain<4>(memory, weights::loud_gain, 0x1p+1f, y);\n"));
}

TEST_CASE("a Source that asks for an array that the layer does not have") {
    Program program;
    const std::array<double, 2> weight{1, 2};
    const LayerSource layer{program, "3.branch", {{"weight", 0, 2}}, {}, weight.data(), nullptr};
    CHECK(layer.has("weight"));
    CHECK(message_of<ParameterError>([&] { layer.numbers("wieght"); }) ==
          "the Source of layer 3.branch asks for wieght, but the layer has no parameter or buffer of that name");
}

TEST_CASE("what cannot be exported is known by its place") {
    constexpr Text none = without_source<Sequential<ReLU, Dropout<>>, Shape<3>>("");
    static_assert(none.empty());
    constexpr Text one = without_source<Sequential<ReLU, Residual<Sequential<Tanh, Unknown>>>, Shape<3>>("");
    CHECK(one.view() == "layer 1.branch.1 Unknown cannot be exported: specialise kiln::Source for it, as kiln/io/source.hpp shows");
}
