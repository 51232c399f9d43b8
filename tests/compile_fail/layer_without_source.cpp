// theme: files and copies
// expect-error: layer 1.branch.0 Own cannot be exported: specialise kiln::Source for it, as kiln/io/source.hpp shows
#include "kiln/compose/residual.hpp"
#include "kiln/io/export_header.hpp"
#include "kiln/layers/elementwise.hpp"

struct Own : kiln::Elementwise<Own, kiln::Reads::x> {
    static constexpr kiln::Text name() { return "Own"; }
    template <class L> static constexpr L value(const L& x) { return x + x; }
    template <class L> static constexpr L gradient(const L&, const L& dy) { return dy + dy; }
};
#ifdef CONTROL
template <> struct kiln::Source<Own> {
    static constexpr Function function{"own", "template <std::size_t Size> constexpr void own(const float* x, float* y) {\n    for (std::size_t i = 0; i < Size; ++i) y[i] = x[i] + x[i];\n}\n"};
    template <class In> static void write(LayerSource& layer) { layer.call(function, {In::size}, {layer.x, layer.y}); }
};
#endif
kiln::Model<kiln::Sequential<kiln::Linear<4, 4>, kiln::Residual<kiln::Sequential<Own>>>, kiln::Shape<4>> model{kiln::Seed{1}};
void write() { kiln::export_header(model, "own.hpp"); }
