#include <doctest/doctest.h>
#include "support/exported.hpp"

using namespace kiln;
using namespace kiln_test;

TEST_CASE("RNN, GRU and LSTM: in layers, in both directions, of all steps and of the last") {
    using Net = Sequential<GRU<5, 4, Recurrent{.layers = 2, .bidirectional = true}>, LSTM<8, 6>, RNN<6, 5, Recurrent{.bidirectional = true}, Nonlinearity::relu>,
                           Concat<GRU<10, 3, Recurrent{.bidirectional = true, .output = last_step}>, LSTM<10, 2, Recurrent{.layers = 2, .output = last_step}>, RNN<10, 3, Recurrent{.output = last_step}>>>;
    Model<Net, Shape<7, 5>> model{Seed{1}};
    scramble(model);
    check_exported(model);
}
