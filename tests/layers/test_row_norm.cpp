#include <doctest/doctest.h>
#include "kiln/layers/layer_norm.hpp"
#include "kiln/layers/rms_norm.hpp"

using namespace kiln;

TEST_CASE("RowNorm: extents make a row's shape, and options may follow them") {
    using Plain = detail::RowNormArguments<LayerNormOptions, 8, 7, 7>;
    static_assert(std::is_same_v<Plain::Row, Shape<8, 7, 7>> && Plain::in_order && Plain::options == LayerNormOptions{});
    using With = detail::RowNormArguments<LayerNormOptions, 8, LayerNormOptions{.eps = 0.5}>;
    static_assert(std::is_same_v<With::Row, Shape<8>> && With::in_order && With::options.eps == 0.5);
    static_assert(!detail::RowNormArguments<LayerNormOptions, LayerNormOptions{}, 8>::in_order);
    static_assert(!detail::RowNormArguments<LayerNormOptions, 8, LayerNormOptions{}, 8>::in_order);
    static_assert(!detail::RowNormArguments<LayerNormOptions, 8, LayerNormOptions{}, LayerNormOptions{}>::in_order);
    CHECK(std::is_same_v<LayerNorm<8>, LayerNorm<std::size_t{8}>>);
}

TEST_CASE("RowNorm: an input's shape ends in the row's") {
    CHECK(detail::ends_in<Shape<2, 3>, Shape<3>>);
    CHECK(detail::ends_in<Shape<2, 3>, Shape<2, 3>>);
    CHECK(!detail::ends_in<Shape<2, 3>, Shape<2>>);
    CHECK(!detail::ends_in<Shape<3>, Shape<2, 3>>);
    CHECK(!detail::ends_in<Shape<6>, Shape<2, 3>>);
}

TEST_CASE("RowNorm: a layer's statistics take two numbers a row") {
    CHECK(cache_of<LayerNorm<4>, Shape<5, 4>>::extent == 10);
    CHECK(cache_of<RMSNorm<5, 4>, Shape<5, 4>>::extent == 2);
    CHECK((reads<LayerNorm<4>> == Reads::x && in_place<LayerNorm<4>> && !mixes_samples<LayerNorm<4>>));
}
