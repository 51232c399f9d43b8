#include <doctest/doctest.h>
#include <type_traits>
#include "kiln/compose/composite.hpp"
#include "kiln/compose/sequential.hpp"

using namespace kiln;

namespace {
struct Base {
    template <class> static constexpr bool accepts = true;
    template <class I> using output_shape = I;
    static constexpr Text name() { return "Base"; }
    static constexpr void forward(auto) {}
    static constexpr void backward(auto) {}
};
struct Plain : Base {};
struct Heavy : Base {
    using Parameters = Arrays<Parameter<"weight", Shape<20>>>;
    using Buffers = Arrays<Parameter<"mean", Shape<3>>>;
};
struct Mixer : Base {
    static constexpr bool mixes_samples = true;
};
using Inner = Sequential<Plain, Heavy, Heavy>;
using Outer = Sequential<Heavy, Inner, Plain, Heavy>;
using In = Shape<4>;
}  // namespace

TEST_CASE("composite: layers are numbered through, whatever the depth") {
    static_assert(Composite<Inner> && Composite<Outer> && !Composite<Plain>);
    static_assert(layer_count<Inner> == 3 && layer_count<Outer> == 6 && layer_count<Plain> == 1);
    static_assert(Outer::instances == std::array<std::size_t, 5>{0, 1, 4, 5, 6});
    static_assert(!mixes_samples<Outer> && mixes_samples<Sequential<Plain, Sequential<Mixer>>>);
    CHECK(std::is_same_v<parameters_of<Inner, In>::Element<1>::Element<0>, Parameter<"weight", Shape<20>>>);
}

TEST_CASE("composite: a part's place is its own parameters, buffers, gradient and number, in the same memory") {
    const float parameters[4 * 32]{}, buffers[4 * 16]{};
    const Place<float> at{.x = 1, .y = 2, .dx = 3, .dy = 4, .kept = 5, .scratch = 6, .parameters = parameters, .buffers = buffers, .gradient = 0, .instance = 0};
    const auto inner = part<Outer, In, 1>(at);
    CHECK(inner.parameters == parameters + 32);
    CHECK(inner.buffers == buffers + 16);
    CHECK(inner.gradient == 32);
    CHECK(inner.instance == 1);
    const auto last = part<Inner, In, 2>(inner);
    CHECK(last.parameters == parameters + 64);
    CHECK(last.buffers == buffers + 32);
    CHECK(last.gradient == 64);
    CHECK(last.instance == 3);
    CHECK(last.x == 1);
    CHECK(last.scratch == 6);
    CHECK(part<Outer, In, 3>(at).gradient == 96);
    CHECK(part<Outer, In, 3>(at).instance == 5);
    CHECK(parameters_of<Outer, In>::extent == 128);
}
