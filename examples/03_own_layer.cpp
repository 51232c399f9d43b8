// A layer of your own: one struct, outside the library, and nothing in the library changes.
//
// The layer here is Swish with a slope that is learned, one beta for each channel (P. Ramachandran et al.: Searching
// for activation functions, 2017):
//
//     x, y [Channels, ...]    beta [Channels]    s = 1 / (1 + exp(-beta x))
//     y = x s        dx = dy (s + beta x s (1 - s))        dbeta += dy x^2 s (1 - s)
#include <cstdio>
#include "kiln/compose/sequential.hpp"
#include "kiln/kernels/elementary.hpp"
#include "kiln/layers/conv.hpp"
#include "kiln/layers/flatten.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/layers/max_pool.hpp"
#include "kiln/train/check_gradients.hpp"

template <std::size_t Channels> struct Swish {
    // What it is called and what it takes, for shapes and for the one error of a network that does not fit together:
    // "layer 1 Swish<8> expects 8 channels, but layer 0 Conv<1,6,5> gives 6x24x24 = 3456".
    static constexpr kiln::Text name() { return kiln::text("Swish<", Channels, ">"); }
    static constexpr kiln::Text expected() { return kiln::text(Channels, " channels"); }
    template <class In> static constexpr bool accepts = kiln::first_axis<In> == Channels;
    template <class In> using output_shape = In;

    // Its parameters are declared, not stored: the model has the numbers, the optimiser, the threads and the files
    // find them by this list. They start at zero unless there is an init.
    using Parameters = kiln::Arrays<kiln::Parameter<"beta", kiln::Shape<Channels>>>;
    static constexpr void init(auto parameters, auto&&) { std::get<0>(parameters).fill(1); }

    // What backward reads again of x and y. Without this line it is both, which is always right and takes a little
    // memory.
    static constexpr kiln::Reads reads = kiln::Reads::x;

    // A tile is a handful of samples side by side: tile.x(...) is not one number but a pack of them, one a sample, and
    // arithmetic on packs is arithmetic on all of them at once. So the code below reads as if there were one sample.
    // (In a gradient check the pack is a plain double: write kiln::sum, kiln::exp, kiln::select in full.)
    static constexpr void forward(auto tile) {
        const auto [beta] = tile.parameters;
        const auto x = planes(tile.x);  // as [Channels, pixels], whatever the shape
        const auto y = planes(tile.y);
        for (std::size_t c = 0; c < Channels; ++c)
            for (std::size_t p = 0; p < x.row(c).size; ++p)
                y(c, p) = x(c, p) * kiln::elementary::sigmoid(beta[c] * x(c, p));
    }

    // dx is written, the gradient is added to: kiln::sum adds the samples of a pack.
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;  // the pack
        const auto [beta] = tile.parameters;
        const auto [dbeta] = tile.gradient;
        const auto x = planes(tile.x), dy = planes(tile.dy);
        const auto dx = planes(tile.dx);
        for (std::size_t c = 0; c < Channels; ++c) {
            L total(0);
            for (std::size_t p = 0; p < x.row(c).size; ++p) {
                const L s = kiln::elementary::sigmoid(beta[c] * x(c, p));
                const L slope = x(c, p) * s * (L(1) - s);
                dx(c, p) = dy(c, p) * (s + beta[c] * slope);
                total += dy(c, p) * x(c, p) * slope;
            }
            if constexpr (tile.wants_gradient) dbeta[c] += kiln::sum(total);  // not where the layer is frozen
        }
    }
};

// Is backward the derivative of forward? Where they are constexpr, the compiler can tell, of a small shape.
static_assert(kiln::check_gradients<Swish<2>, kiln::Shape<2, 3>>({.samples = 2}).passed);

int main() {
    // At run time any shape will do: by itself, and inside a network, where layers share memory and a wrong
    // `reads` would show.
    using Net = kiln::Sequential<kiln::Conv<1, 3, 3>, Swish<3>, kiln::MaxPool<2>, kiln::Flatten, kiln::Linear<27, 10>>;
    const auto alone = kiln::check_gradients<Swish<3>, kiln::Shape<3, 4, 4>>();
    const auto inside = kiln::check_gradients<Net, kiln::Shape<1, 8, 8>>();
    for (const auto& check : {alone, inside}) {
        std::printf("%s: the worst is\n  %s\n", check.passed ? "right" : "WRONG", check.worst.c_str());
        for (const auto& array : check.arrays)
            std::printf("    %-10s gradients up to %5.2f, off by %.0e at most\n", array.name.c_str(),
                        array.largest_gradient, array.absolute_error);
    }
    return alone.passed && inside.passed ? 0 : 1;
}
