// theme: layers of one's own
// expect-error: Swish's forward does not take a tile: write `static constexpr void forward(auto tile)`
#include "kiln/kiln.hpp"

struct Swish {
    static constexpr kiln::Text name() { return "Swish"; }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
#ifdef CONTROL
    static constexpr void forward(auto tile) {
        for (std::size_t i = 0; i < tile.x.size; ++i) tile.y[i] = tile.x[i] * kiln::elementary::sigmoid(tile.x[i]);
    }
#else
    void forward(auto tile) { tile.y[0] = tile.x[0]; }
#endif
    static constexpr void backward(auto tile) {
        for (std::size_t i = 0; i < tile.dx.size; ++i) {
            const auto s = kiln::elementary::sigmoid(tile.x[i]);
            tile.dx[i] = tile.dy[i] * s * (1 + tile.x[i] * (1 - s));
        }
    }
};
auto predict(const kiln::Model<kiln::Sequential<kiln::Linear<4, 4>, Swish>, kiln::Shape<4>>& model, const kiln::Tensor<float, 2>& x) { return model.predict(x); }
