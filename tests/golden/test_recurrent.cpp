#include "kiln/layers/gru.hpp"
#include "kiln/layers/lstm.hpp"
#include "kiln/layers/rnn.hpp"
#include "support/golden.hpp"

using namespace kiln;

namespace {
constexpr Recurrent two_layers_last{.layers = 2, .output = last_step}, both{.bidirectional = true},
    both_last{.bidirectional = true, .output = last_step},
    two_layers_both_last{.layers = 2, .bidirectional = true, .output = last_step};

template <class Layer, class T> void check(const std::string& name) { check_golden<Layer, Shape<4, 3>, T>("recurrent", name); }
}  // namespace

TEST_CASE_TEMPLATE("RNN: PyTorch's values", T, float, double) {
    check<RNN<3, 2>, T>("rnn");
    check<RNN<3, 2, two_layers_last>, T>("rnn_2_layers_last");
    check<RNN<3, 2, both>, T>("rnn_bidirectional");
    check<RNN<3, 2, two_layers_both_last>, T>("rnn_2_layers_bidirectional_last");
}

TEST_CASE_TEMPLATE("RNN: PyTorch's values with ReLU", T, float, double) {
    check<RNN<3, 2, Recurrent{}, Nonlinearity::relu>, T>("relu");
    check<RNN<3, 2, both_last, Nonlinearity::relu>, T>("relu_bidirectional_last");
}

TEST_CASE_TEMPLATE("GRU: PyTorch's values", T, float, double) {
    check<GRU<3, 2>, T>("gru");
    check<GRU<3, 2, two_layers_last>, T>("gru_2_layers_last");
    check<GRU<3, 2, both>, T>("gru_bidirectional");
    check<GRU<3, 2, two_layers_both_last>, T>("gru_2_layers_bidirectional_last");
}

TEST_CASE_TEMPLATE("LSTM: PyTorch's values", T, float, double) {
    check<LSTM<3, 2>, T>("lstm");
    check<LSTM<3, 2, two_layers_last>, T>("lstm_2_layers_last");
    check<LSTM<3, 2, both>, T>("lstm_bidirectional");
    check<LSTM<3, 2, two_layers_both_last>, T>("lstm_2_layers_bidirectional_last");
}
