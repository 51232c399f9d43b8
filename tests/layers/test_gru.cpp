#include <doctest/doctest.h>
#include "kiln/layers/gru.hpp"
#include "support/constant.hpp"
#include "support/recurrence.hpp"

using kiln::GRU, kiln::Recurrent, kiln::Shape;

namespace {
// torch.nn.GRU's formulas: h = (1 - z) n + z h'.
struct PlainGRU {
    static constexpr std::size_t gates = 3;
    Rounded h_before, c_before, c, r, z, n, m_n;

    Rounded forward(const Rounded* a, const Rounded* m) {
        r = plain_sigmoid(a[0] + m[0]), z = plain_sigmoid(a[1] + m[1]), m_n = m[2];
        n = plain_tanh(a[2] + r * m_n);
        return (1 - z) * n + z * h_before;
    }
    Rounded backward(Rounded dh, Rounded&, Rounded* da, Rounded* dm) const {
        da[2] = dh * (1 - z) * (1 - n * n);
        da[0] = dm[0] = da[2] * m_n * r * (1 - r);
        da[1] = dm[1] = dh * (h_before - n) * z * (1 - z);
        dm[2] = da[2] * r;
        return dh * z;
    }
};
}  // namespace

TEST_CASE("GRU: PyTorch's formulas, step by step") {
    check_layer_in_all_lanes<GRU<5, 7>, Shape<4, 5>>(recurrent_reference<PlainGRU, 5, 7>);
    check_layer<GRU<1, 1>, Shape<1, 1>>(recurrent_reference<PlainGRU, 1, 1>);
    check_layer<GRU<3, 20, Recurrent{.output = kiln::last_step}>, Shape<6, 3>>(recurrent_reference<PlainGRU, 3, 20, 1, false, true>);
}

TEST_CASE("GRU: stacked, and in both directions") {
    check_layer<GRU<3, 4, Recurrent{.layers = 3}>, Shape<5, 3>>(recurrent_reference<PlainGRU, 3, 4, 3>);
    check_layer<GRU<3, 4, Recurrent{.bidirectional = true}>, Shape<5, 3>>(recurrent_reference<PlainGRU, 3, 4, 1, true>);
    check_layer<GRU<3, 4, Recurrent{.layers = 2, .bidirectional = true, .output = kiln::last_step}>, Shape<5, 3>>(
        recurrent_reference<PlainGRU, 3, 4, 2, true, true>);
}

static_assert(right_as_constant<GRU<2, 2>, Shape<2, 2>>);
static_assert(right_as_constant<GRU<1, 2, Recurrent{.bidirectional = true, .output = kiln::last_step}>, Shape<2, 1>>);
