// theme: layers of one's own
// expect-error: layer 1 Swish has no name(): add `static constexpr kiln::Text name()`
#include "kiln/kiln.hpp"

struct Swish {
#ifdef CONTROL
    static constexpr kiln::Text name() { return "Swish"; }
#endif
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr void forward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] * kiln::elementary::sigmoid(tile.x[i]);
    }
    static constexpr void backward(auto tile) {
        for (std::size_t i = 0; i < tile.dx.size; ++i) {
            const auto s = kiln::elementary::sigmoid(tile.x[i]);
            tile.dx[i] = tile.dy[i] * s * (1 + tile.x[i] * (1 - s));
        }
    }
};
kiln::Model<kiln::Sequential<kiln::Linear<4, 4>, Swish>, kiln::Shape<4>> model{kiln::Seed{1}};
