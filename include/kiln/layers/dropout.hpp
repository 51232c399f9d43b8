// Dropout: in training y = 0 with probability p, else x / (1 - p); at inference y = x
//
//     dx = 0 where y is 0, else dy / (1 - p)                                             x, y, dx, dy of any one shape
//
// The mask is a function of seed, step, sample and element (PyTorch's is of the order of the draws): it is the same for any
// number of threads, and backward makes it again instead of keeping it. That takes 0.3 ns a number, where ReLU takes 0.05 to 0.08
// (floats, Zen 3 with AVX2).
#pragma once
#include "kiln/layers/real.hpp"
#include "kiln/layers/same_numbers.hpp"

namespace kiln {

namespace detail {
template <Real p> consteval bool sound_dropout() {
    static_assert(p.value >= 0 && p.value < 1, "Dropout: the probability is at least 0 and below 1");
    return true;
}
}  // namespace detail

template <Real p = 0.5>
    requires(detail::sound_dropout<p>())
struct Dropout {
    static constexpr Text name() { return p == Real{0.5} ? Text{"Dropout"} : text("Dropout<", real_text(p), ">"); }
    template <class In> static constexpr bool accepts = true;
    template <class In> using output_shape = In;
    static constexpr Known keeps = all_axes;

    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::nothing;

    static constexpr void forward(auto tile) {
        if constexpr (p == Real{0}) SameNumbers::forward(tile);
        else drop(tile, tile.x, tile.y);
    }
    static constexpr void backward(auto tile) {
        if constexpr (p == Real{0}) SameNumbers::backward(tile);
        else drop(tile, tile.dy, tile.dx);
    }
    static constexpr void infer(auto tile) { SameNumbers::forward(tile); }
    static constexpr void infer_backward(auto tile) { SameNumbers::backward(tile); }

private:
    // Multiplied by 0, not replaced: a NaN must not hide.
    static constexpr void drop(const auto& tile, auto from, auto to) {
        using L = std::remove_cvref_t<decltype(*to.data)>;
        using T = scalar<L>;
        const auto random = tile.random();
        for (std::size_t i = 0; i < to.size; ++i)
            to[i] = from[i] * select(random[i] < L(static_cast<T>(p.value)), L(0), L(static_cast<T>(1 / (1 - p.value))));
    }
};

}  // namespace kiln
