// theme: shapes
// expect-error: layer 0 MultiheadAttention<8,2> expects a mask in which every token sees some (token 0 sees none), but the input gives 5x8 = 40
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/multihead_attention.hpp"
#include "kiln/layers/relu.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Mask = kiln::Causal;
#else
struct Mask {
    static constexpr bool allows(std::size_t query, std::size_t key) { return key < query; }
};
#endif
using Net = kiln::Sequential<kiln::MultiheadAttention<8, 2, kiln::AttentionOptions{}, Mask>, kiln::ReLU>;
kiln::Model<Net, kiln::Shape<5, 8>> model{kiln::Seed{1}};
