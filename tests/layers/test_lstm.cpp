#include <doctest/doctest.h>
#include "kiln/layers/lstm.hpp"
#include "support/constant.hpp"
#include "support/recurrence.hpp"

using kiln::LSTM, kiln::Recurrent, kiln::Shape;

namespace {
// torch.nn.LSTM's formulas.
struct PlainLSTM {
    static constexpr std::size_t gates = 4;
    Rounded h_before, c_before, c, i, f, g, o, tanh_c;

    Rounded forward(const Rounded* a, const Rounded* m) {
        i = plain_sigmoid(a[0] + m[0]), f = plain_sigmoid(a[1] + m[1]), g = plain_tanh(a[2] + m[2]), o = plain_sigmoid(a[3] + m[3]);
        c = f * c_before + i * g;
        tanh_c = plain_tanh(c);
        return o * tanh_c;
    }
    Rounded backward(Rounded dh, Rounded& dc, Rounded* da, Rounded* dm) const {
        dc += dh * o * (1 - tanh_c * tanh_c);
        dm[0] = da[0] = dc * g * i * (1 - i);
        dm[1] = da[1] = dc * c_before * f * (1 - f);
        dm[2] = da[2] = dc * i * (1 - g * g);
        dm[3] = da[3] = dh * tanh_c * o * (1 - o);
        dc = dc * f;
        return 0;
    }
};
}  // namespace

TEST_CASE("LSTM: PyTorch's formulas, step by step") {
    check_layer_in_all_lanes<LSTM<5, 7>, Shape<4, 5>>(recurrent_reference<PlainLSTM, 5, 7>);
    check_layer<LSTM<1, 1>, Shape<1, 1>>(recurrent_reference<PlainLSTM, 1, 1>);
    check_layer<LSTM<3, 20, Recurrent{.output = kiln::last_step}>, Shape<6, 3>>(recurrent_reference<PlainLSTM, 3, 20, 1, false, true>);
}

TEST_CASE("LSTM: stacked, and in both directions") {
    check_layer<LSTM<3, 4, Recurrent{.layers = 3}>, Shape<5, 3>>(recurrent_reference<PlainLSTM, 3, 4, 3>);
    check_layer<LSTM<3, 4, Recurrent{.bidirectional = true}>, Shape<5, 3>>(recurrent_reference<PlainLSTM, 3, 4, 1, true>);
    check_layer<LSTM<3, 4, Recurrent{.layers = 2, .bidirectional = true, .output = kiln::last_step}>, Shape<5, 3>>(
        recurrent_reference<PlainLSTM, 3, 4, 2, true, true>);
}

static_assert(right_as_constant<LSTM<2, 2>, Shape<2, 2>>);
