// Reshape<Extents...>: the same numbers under another shape, row-major: Reshape<1, 28, 28> makes an image of 784
// features.
#pragma once
#include "kiln/layers/same_numbers.hpp"

namespace kiln {

namespace detail {
template <std::size_t... Extents> consteval bool sound_reshape() {
    static_assert(sizeof...(Extents) > 0 && Shape<Extents...>::size > 0,
                  "Reshape: it needs at least one extent, each at least 1");
    return true;
}
}  // namespace detail

template <std::size_t... Extents>
    requires(detail::sound_reshape<Extents...>())
struct Reshape : SameNumbers {
    static constexpr Text name() {
        Text t = "Reshape<";
        std::size_t i = 0;
        ((t << (i++ ? "," : "") << Extents), ...);
        return text(t, ">");
    }
    static constexpr Text expected() { return text(Shape<Extents...>::size, " numbers"); }
    template <class In> static constexpr bool accepts = In::size == Shape<Extents...>::size;
    template <class In> using output_shape = Shape<Extents...>;
    static constexpr Known gives{first_axis<Shape<Extents...>>, last_axis<Shape<Extents...>>};
};

}  // namespace kiln
