// RowNorm: what LayerNorm and RMSNorm share: they normalise every row by itself, which is an array over the last axes, and scale
// (and LayerNorm shifts) each of its elements by a number of its own.
//
//     x, y, dx, dy [..., Extents...]    weight, bias [Extents...], or 1 and 0 where they are not learned
#pragma once
#include <array>
#include "kiln/core/chain.hpp"
#include "kiln/kernels/features.hpp"
#include "kiln/kernels/normalise.hpp"
#include "kiln/layers/real.hpp"

namespace kiln {

// What LayerNorm and RMSNorm take: extents and, after them, perhaps options.
template <class Options> struct ExtentOrOptions {
    std::size_t extent = 0;
    Options options{};
    bool is_extent = false;

    constexpr ExtentOrOptions(std::size_t e) : extent(e), is_extent(true) {}
    constexpr ExtentOrOptions(Options o) : options(o) {}
};

namespace detail {
template <class Options, ExtentOrOptions<Options>... Arguments> struct RowNormArguments {
    static constexpr std::array<ExtentOrOptions<Options>, sizeof...(Arguments)> all{Arguments...};
    static constexpr std::size_t rank = (std::size_t{0} + ... + Arguments.is_extent);
    static constexpr bool in_order = rank > 0 && rank + 1 >= all.size() && all[rank - 1].is_extent;
    static constexpr Options options = rank == all.size() ? Options{} : all.back().options;
    using Row = decltype([]<std::size_t... I>(std::index_sequence<I...>) { return Shape<all[I].extent...>{}; }(std::make_index_sequence<rank>{}));
};
template <class Options, ExtentOrOptions<Options>... Arguments> consteval bool sound_row_norm() {
    static_assert((Arguments.is_extent || ...), "LayerNorm and RMSNorm: they need an extent at least");
    if constexpr ((Arguments.is_extent || ...)) {
        using Given = RowNormArguments<Options, Arguments...>;
        static_assert(Given::in_order, "LayerNorm and RMSNorm: the options come once, after the extents");
        static_assert(!Given::in_order || Given::Row::size > 0, "LayerNorm and RMSNorm: an extent is at least 1");
        static_assert(Given::options.eps > 0, "LayerNorm and RMSNorm: eps is positive");
    }
    return true;
}
template <class In, class Row> inline constexpr bool ends_in = [] {
    if (In::rank < Row::rank) return false;
    for (std::size_t i = 0; i < Row::rank; ++i)
        if (In::extents[In::rank - Row::rank + i] != Row::extents[i]) return false;
    return true;
}();
}  // namespace detail

// Where it is not centred (RMSNorm) the mean is taken for 0, and there is no bias.
template <bool centred, class Options, ExtentOrOptions<Options>... Arguments> struct RowNorm {
    using Row = typename detail::RowNormArguments<Options, Arguments...>::Row;
    static constexpr Options options = detail::RowNormArguments<Options, Arguments...>::options;

    // "<8,7,7>"; what is a default is left out.
    static constexpr Text arguments() {
        Text t;
        for (const std::size_t extent : Row::extents) t << (t.empty() ? "<" : ",") << extent;
        if (options.eps != Options{}.eps) t << ",eps " << real_text(options.eps);
        if (!options.affine) t << ",no affine";
        return text(t, ">");
    }
    static constexpr Text expected() {
        if (Row::rank > 1) return text("an input that ends in ", extents_text<Row>);
        return text(Row::size, Row::size == 1 ? " feature" : " features");
    }
    template <class In> static constexpr bool accepts = detail::ends_in<In, Row>;
    template <class In> using output_shape = In;
    static constexpr Known takes{.features = last_axis<Row>}, keeps = all_axes;

    using Parameters = std::conditional_t<!options.affine, Arrays<>,
                                          std::conditional_t<centred, Arrays<Parameter<"weight", Row>, Parameter<"bias", Row>>,
                                                             Arrays<Parameter<"weight", Row>>>>;
    template <class In> using Cache = Arrays<Shape<In::size / Row::size>, Shape<In::size / Row::size>>;  // mean and inverse
    static constexpr bool in_place = true;
    static constexpr Reads reads = Reads::x;
    static constexpr bool skips_dx = true;

    static constexpr void init(auto parameters, auto&&) {
        if constexpr (options.affine) std::get<0>(parameters).fill(1);
    }

    static constexpr void forward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        const auto [mean, inverse] = tile.kept;
        const auto x = split(tile.x);
        const auto y = split(tile.y);
        for (std::size_t r = 0; r < x.rows; ++r) {
            if constexpr (centred) normalise::mean(x.row(r), mean[r]);
            else mean[r] = L(0);
            normalise::squares(x.row(r), mean[r], inverse[r]);
            inverse[r] = L(1) / sqrt(fma(inverse[r], L(share<T>), L(static_cast<T>(options.eps))));
            normalise::shift(x.row(r), mean[r], inverse[r], weight(tile), bias(tile), y.row(r));
        }
    }
    static void one_sample(auto tile) {
        using T = typename decltype(tile)::T;
        const T *w = nullptr, *b = nullptr;
        if constexpr (options.affine) w = std::get<0>(tile.packed).data;
        if constexpr (options.affine && centred) b = std::get<1>(tile.packed).data;
        features::normalise_rows<decltype(tile)::In::size / Row::size, Row::size, centred>(tile.x.data, tile.y.data, w, b, static_cast<T>(options.eps));
    }
    static constexpr void backward(auto tile) {
        using L = typename decltype(tile)::L;
        using T = scalar<L>;
        const auto [mean, inverse] = tile.kept;
        const auto x = split(tile.x), dy = split(tile.dy);
        const auto dx = split(tile.dx);
        if constexpr (tile.wants_gradient) {
            T* dbias = nullptr;
            if constexpr (centred) dbias = std::get<1>(tile.gradient).data;
            normalise::parameter_gradient(x, dy, mean.data, inverse.data, std::get<0>(tile.gradient).data, dbias);
        }
        if constexpr (tile.wants_dx)
            for (std::size_t r = 0; r < x.rows; ++r) {
                L total[2];
                normalise::slopes(x.row(r), dy.row(r), mean[r], weight(tile), total);
                const L each = inverse[r] * L(-share<T>);
                normalise::unshift(x.row(r), dy.row(r), mean[r], inverse[r], weight(tile), each * inverse[r] * inverse[r] * total[1],
                                   centred ? each * total[0] : L(0), dx.row(r));
            }
    }

private:
    template <class T> static constexpr T share = static_cast<T>(1.0 / static_cast<double>(Row::size));

    template <class S, class L> static constexpr auto split(View<S, L> x) { return reshape<Shape<S::size / Row::size, Row::size>>(x); }
    template <class Tile> static constexpr auto weight(const Tile& tile) {
        if constexpr (options.affine) return std::get<0>(tile.parameters).data;
        else return typename Tile::T(1);
    }
    template <class Tile> static constexpr auto bias(const Tile& tile) {
        if constexpr (options.affine && centred) return std::get<1>(tile.parameters).data;
        else return typename Tile::T(0);
    }
};

}  // namespace kiln
