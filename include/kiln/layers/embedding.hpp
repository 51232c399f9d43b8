// Embedding: a row of numbers for every token of a vocabulary, looked up.
//
//     x [Steps] tokens, 0 to Vocabulary - 1    W [Vocabulary, Features]    y [Steps, Features]
//     y[t] = W[x[t]]        dW[x[t]] += dy[t]        a token is no quantity: dx = 0
//
//     Sequential<Embedding<65, 32>, ...> of Tokens<64, 65>
#pragma once
#include "kiln/core/layer.hpp"
#include "kiln/core/transpose.hpp"

namespace kiln {

namespace detail {
template <std::size_t Vocabulary, std::size_t Features> consteval bool sound_table() {
    static_assert(Vocabulary > 0 && Features > 0, "Embedding: it needs at least one token and one feature");
    static_assert(Vocabulary <= (1U << 24), "Embedding: in lanes a token is a number, and float has the whole numbers up to 2^24");
    return true;
}
}  // namespace detail

template <std::size_t Vocabulary, std::size_t Features>
    requires(detail::sound_table<Vocabulary, Features>())
struct Embedding {
    static constexpr Text name() { return text("Embedding<", Vocabulary, ",", Features, ">"); }
    static constexpr Text expected() { return text("tokens of a vocabulary of ", Vocabulary); }
    static constexpr bool takes_tokens = true;
    template <class In> static constexpr bool accepts = [] {
        if constexpr (is_tokens<In>) return In::vocabulary == Vocabulary;
        else return false;
    }();
    template <class In> using output_shape = Shape<In::size, Features>;
    static constexpr Known gives{.features = Features};

    using Parameters = Arrays<Parameter<"weight", Shape<Vocabulary, Features>>>;
    using Scratch = Arrays<Shape<Features>>;  // a step's dy, one sample after another
    static constexpr Reads reads = Reads::x;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&& draw) { draw.normal(std::get<0>(parameters), 0, 1); }  // PyTorch's default

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        const auto [weight] = tile.parameters;
        const T one(1), zero(0);
        for (std::size_t t = 0; t < tile.x.size; ++t)
            load_rows<L, T>(rows_of(tile.x[t], weight), Features, 1, &one, &zero, tile.y.row(t).data);
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        if constexpr (tile.wants_gradient) {
            const auto [dweight] = tile.gradient;
            const auto [scratch] = tile.scratch;
            T* const dy = numbers(scratch.data);
            for (std::size_t t = 0; t < tile.x.size; ++t) {
                store_rows(tile.dy.row(t).data, Features, lane_count<L>, dy, Features);
                const auto rows = rows_of(tile.x[t], dweight);
                for (std::size_t lane = 0; lane < rows.size(); ++lane)  // one by one: samples may have the same token
                    for (std::size_t f = 0; f < Features; ++f) rows[lane][f] += dy[lane * Features + f];
            }
        }
        if constexpr (tile.wants_dx) tile.dx.fill(L(0));
    }

private:
    // Where the row of every lane's token begins.
    template <class L, class S, class T> static constexpr std::array<T*, lane_count<L>> rows_of(const L& tokens, View<S, T> table) {
        const auto numbers = to_lanes(tokens);
        std::array<T*, lane_count<L>> begin;
        for (std::size_t lane = 0; lane < begin.size(); ++lane) begin[lane] = table.row(static_cast<std::size_t>(numbers[lane])).data;
        return begin;
    }
};

}  // namespace kiln
