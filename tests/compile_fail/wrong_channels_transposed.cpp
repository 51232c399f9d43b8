// theme: shapes
// Channels that disagree are an error where the Sequential is named, in both dimensions and both directions.
// expect-error: layer 2 ConvTranspose<16,8,2,2> expects 16 channels, but layer 1 MaxPool<2> gives 6
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/conv_transpose.hpp"
#include "kiln/layers/max_pool.hpp"

#ifdef CONTROL
constexpr std::size_t channels = 6;
#else
constexpr std::size_t channels = 16;
#endif
using Net = kiln::Sequential<kiln::Conv<1, 6, 5>, kiln::MaxPool<2>, kiln::ConvTranspose<channels, 8, 2, 2>, kiln::Conv<8, 1, 3>>;
