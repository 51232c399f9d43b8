// theme: shapes
// expect-error: layer 1 SelectToken<49> expects at least 50 tokens, but layer 0 ToTokens gives 49x8 = 392
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/select_token.hpp"
#include "kiln/layers/to_tokens.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ToTokens, kiln::SelectToken<48>>;
#else
using Net = kiln::Sequential<kiln::ToTokens, kiln::SelectToken<49>>;
#endif
kiln::Model<Net, kiln::Shape<8, 7, 7>> model{kiln::Seed{1}};
