#include <doctest/doctest.h>
#include <type_traits>
#include "kiln/core/layer.hpp"

using namespace kiln;

namespace {
// Says what it must, and no more.
struct Least {
    static constexpr Text name() { return "Least"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
};
// Says all it may.
struct Most {
    static constexpr Text name() { return "Most"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = Shape<7>;
    template <class In> using Parameters = Arrays<Parameter<"weight", Shape<In::size>>>;
    using Buffers = Arrays<Parameter<"mean", Shape<3>>>;
    using Cache = Arrays<Shape<5>>;
    template <class In> using Scratch = Arrays<In, In>;
    static constexpr bool in_place = true, mixes_samples = true, overwrites_gradient = true, increasing = true, takes_maxima = true,
                          gives_probabilities = true;
    static constexpr Reads reads = Reads::y;
    static constexpr Known takes{.channels = 3}, gives{.channels = 4, .features = 5};
    template <class In> static constexpr std::size_t multiply_adds = 10 * In::size;
    template <class In, bool WantsDx> static constexpr std::size_t backward_multiply_adds = WantsDx ? 2 : 1;
};
struct Keeps : Least {
    static constexpr Known keeps = channels_only;
};
using In = Shape<2, 3>;
}  // namespace

TEST_CASE("layer: what is left out has a default that is always right") {
    static_assert(parameters_of<Least, In>::extent == 0 && buffers_of<Least, In>::extent == 0);
    static_assert(cache_of<Least, In>::extent == 0 && scratch_of<Least, In>::extent == 0 && !trainable<Least, In>);
    static_assert(!mixes_samples<Least> && !in_place<Least> && !overwrites_gradient<Least> && !Composite<Least>);
    static_assert(!increasing<Least> && !takes_maxima<Least> && !gives_probabilities<Least>);
    static_assert(reads<Least> == Reads::both && layer_count<Least> == 1);
    static_assert(takes<Least>.channels == 0 && takes<Least>.features == 0);
    static_assert(known_after<Least>({3, 4}).channels == 0 && known_after<Least>({3, 4}).features == 0);
    static_assert(multiply_adds<Least, In> == 0 && backward_multiply_adds<Least, In, true> == 0);
    static_assert(workspace<Least, In, Mode::training>.kept == 0 && workspace<Least, In, Mode::training>.scratch == 0);
    CHECK(std::is_same_v<output_of<Least, In>, In>);
}

TEST_CASE("layer: what it says is taken, also where it depends on the input's shape") {
    CHECK(std::is_same_v<parameters_of<Most, In>, Arrays<Parameter<"weight", Shape<6>>>>);
    CHECK(std::is_same_v<buffers_of<Most, In>, Arrays<Parameter<"mean", Shape<3>>>>);
    static_assert(trainable<Most, In> && mixes_samples<Most> && in_place<Most> && overwrites_gradient<Most>);
    static_assert(increasing<Most> && takes_maxima<Most> && gives_probabilities<Most> && reads<Most> == Reads::y);
    static_assert(workspace<Most, In, Mode::training>.kept == 5 && workspace<Most, In, Mode::inference>.scratch == 12);
    static_assert(takes<Most>.channels == 3 && known_after<Most>({}).features == 5);
    static_assert(known_after<Keeps>({3, 4}).channels == 3 && known_after<Keeps>({3, 4}).features == 0);
    static_assert(multiply_adds<Most, In> == 60 && backward_multiply_adds<Most, In, true> == 2 && backward_multiply_adds<Most, In, false> == 1);
    CHECK(std::is_same_v<output_of<Most, In>, Shape<7>>);
}

TEST_CASE("layer: what backward reads, and modes without training") {
    for (const bool x : {false, true})
        for (const bool y : {false, true}) {
            CHECK(reads_x(read_of(x, y)) == x);
            CHECK(reads_y(read_of(x, y)) == y);
        }
    CHECK(without_training(Mode::training) == Mode::frozen);
    CHECK(without_training(Mode::frozen) == Mode::frozen);
    CHECK(without_training(Mode::inference) == Mode::inference);
}
