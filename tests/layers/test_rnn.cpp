#include <doctest/doctest.h>
#include "kiln/layers/rnn.hpp"
#include "support/constant.hpp"
#include "support/recurrence.hpp"

using kiln::Nonlinearity, kiln::Recurrent, kiln::RNN, kiln::Shape;

namespace {
// torch.nn.RNN's formulas.
template <Nonlinearity nonlinearity> struct PlainRNN {
    static constexpr std::size_t gates = 1;
    Rounded h_before, c_before, c, h;

    Rounded forward(const Rounded* a, const Rounded* m) {
        const Rounded sum = a[0] + m[0];
        if (nonlinearity == Nonlinearity::tanh) return h = plain_tanh(sum);
        return h = sum.value > 0 ? sum : Rounded{0, sum.error};
    }
    Rounded backward(Rounded dh, Rounded&, Rounded* da, Rounded* dm) const {
        if (nonlinearity == Nonlinearity::tanh) da[0] = dh * (1 - h * h);
        else da[0] = h.value > 0 ? dh : Rounded{};
        dm[0] = da[0];
        return 0;
    }
};
using Tanh = PlainRNN<Nonlinearity::tanh>;
using ReLU = PlainRNN<Nonlinearity::relu>;
}  // namespace

TEST_CASE("RNN: PyTorch's formulas, step by step") {
    check_layer_in_all_lanes<RNN<5, 7>, Shape<4, 5>>(recurrent_reference<Tanh, 5, 7>);
    check_layer<RNN<1, 1>, Shape<1, 1>>(recurrent_reference<Tanh, 1, 1>);
    check_layer<RNN<3, 20, Recurrent{.output = kiln::last_step}>, Shape<6, 3>>(recurrent_reference<Tanh, 3, 20, 1, false, true>);
}

TEST_CASE("RNN: with ReLU") {
    check_layer_in_all_lanes<RNN<5, 7, Recurrent{}, Nonlinearity::relu>, Shape<4, 5>>(recurrent_reference<ReLU, 5, 7>);
    CHECK(RNN<28, 64, Recurrent{.layers = 2}, Nonlinearity::relu>::name().view() == "ReLU RNN<28,64,2 layers>");
}

TEST_CASE("RNN: stacked, and in both directions") {
    check_layer<RNN<3, 4, Recurrent{.layers = 3}>, Shape<5, 3>>(recurrent_reference<Tanh, 3, 4, 3>);
    check_layer<RNN<3, 4, Recurrent{.bidirectional = true}>, Shape<5, 3>>(recurrent_reference<Tanh, 3, 4, 1, true>);
    check_layer<RNN<3, 4, Recurrent{.layers = 2, .bidirectional = true, .output = kiln::last_step}, Nonlinearity::relu>, Shape<5, 3>>(
        recurrent_reference<ReLU, 3, 4, 2, true, true>);
}

static_assert(right_as_constant<RNN<2, 2>, Shape<2, 2>>);
