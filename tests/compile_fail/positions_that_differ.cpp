// theme: shapes
// expect-error: layer 2 PositionEmbedding<49,64> expects 49x64 tokens, but layer 1 ClassToken<64> gives 50x64 = 3200
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/class_token.hpp"
#include "kiln/layers/position_embedding.hpp"
#include "kiln/layers/to_tokens.hpp"
#include "kiln/model/model.hpp"

#ifdef CONTROL
using Net = kiln::Sequential<kiln::ToTokens, kiln::ClassToken<64>, kiln::PositionEmbedding<50, 64>>;
#else
using Net = kiln::Sequential<kiln::ToTokens, kiln::ClassToken<64>, kiln::PositionEmbedding<49, 64>>;
#endif
kiln::Model<Net, kiln::Shape<64, 7, 7>> model{kiln::Seed{1}};
