#include <cstdint>
#include <vector>
#include <doctest/doctest.h>
#include "kiln/core/transpose.hpp"

namespace {

template <class T> void transposes_every_size() {
    for (std::size_t rows : {1u, 2u, 3u, 5u, 7u, 8u, 13u, 16u, 17u, 33u})
        for (std::size_t columns : {1u, 2u, 4u, 6u, 9u, 15u, 16u, 31u, 33u}) {
            const std::size_t from_stride = columns + 3, to_stride = rows + 2;
            std::vector<T> from(rows * from_stride), to(columns * to_stride, T(-1));
            for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<T>(i);
            kiln::transpose(from.data(), from_stride, rows, columns, to.data(), to_stride);
            CAPTURE(rows);
            CAPTURE(columns);
            bool right = true;
            for (std::size_t c = 0; c < columns; ++c)
                for (std::size_t r = 0; r < to_stride; ++r)  // and what lies between the rows stays
                    right = right && to[c * to_stride + r] == (r < rows ? from[r * from_stride + c] : T(-1));
            CHECK(right);
        }
}

template <class T, std::size_t Width, class Element> void loads_and_stores_rows() {
    using L = kiln::Lanes<T, Width>;
    for (std::size_t channels : {1u, 2u, 3u})
        for (std::size_t plane : {1u, 4u, 7u, 16u, 49u}) {
            const std::size_t features = channels * plane;
            std::vector<std::vector<Element>> samples(Width);
            std::array<const Element*, Width> row;
            for (std::size_t s = 0; s < Width; ++s) {
                samples[s].resize(features + 1);
                for (std::size_t f = 0; f <= features; ++f) samples[s][f] = static_cast<Element>((s * 37 + f * 11) % 256);
                row[s] = samples[s].data() + s % 2;  // anywhere in memory
            }
            const T scale[] = {T(0.5), T(2), T(-0.25)}, shift[] = {T(1), T(-3), T(0)};  // exact in every type
            std::vector<L> tile(features + 1, L(T(-1)));
            kiln::load_rows<L>(row, features, channels, scale, shift, tile.data());
            CAPTURE(channels);
            CAPTURE(plane);
            bool right = true;
            for (std::size_t f = 0; f <= features; ++f) {
                const auto lanes = kiln::to_lanes(tile[f]);
                for (std::size_t s = 0; s < Width; ++s)
                    right = right && lanes[s] == (f < features ? scale[f / plane] * static_cast<T>(row[s][f]) + shift[f / plane] : T(-1));
            }
            CHECK(right);

            for (std::size_t live = 1; live <= Width; ++live) {
                const std::size_t stride = features + 1;
                std::vector<T> rows(Width * stride, T(-1));
                kiln::store_rows(tile.data(), features, live, rows.data(), stride);
                bool stored = true;
                for (std::size_t s = 0; s < Width; ++s)
                    for (std::size_t f = 0; f < stride; ++f)
                        stored = stored && rows[s * stride + f] == (s < live && f < features ? kiln::to_lanes(tile[f])[s] : T(-1));
                CHECK(stored);
            }
        }
}

template <class T, std::size_t Width> void every_element() {
    loads_and_stores_rows<T, Width, std::uint8_t>();
    loads_and_stores_rows<T, Width, float>();
    loads_and_stores_rows<T, Width, double>();
}

}  // namespace

TEST_CASE("transpose: every size, with strides") {
    transposes_every_size<float>();
    transposes_every_size<double>();
}

TEST_CASE("load_rows and store_rows: bytes, floats and doubles, several channels, every number of live lanes") {
    SUBCASE("one lane") { every_element<float, 1>(), every_element<double, 1>(); }
    SUBCASE("four lanes") { every_element<float, 4>(), every_element<double, 4>(); }
    SUBCASE("native") { every_element<float, kiln::native_width<float>>(), every_element<double, kiln::native_width<double>>(); }
    SUBCASE("twice native") { every_element<float, 2 * kiln::native_width<float>>(), every_element<double, 2 * kiln::native_width<double>>(); }
}

namespace {
constexpr bool transposes_as_constant() {
    const std::array from{1, 2, 3, 4, 5, 6};
    std::array<int, 6> to{};
    kiln::transpose(from.data(), 3, 2, 3, to.data(), 2);
    return to == std::array{1, 4, 2, 5, 3, 6};
}
}  // namespace

static_assert(transposes_as_constant());
