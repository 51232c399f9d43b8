// Residual: y = branch(x) + shortcut(x)    dx = branch's dx + shortcut's dx
//
// The shortcut is Identity where nothing else is said, and costs no copy. Its shape must be the branch's: where the branch
// changes the channels or the image's size, so must the shortcut (Conv<8, 16, 1, 2>, RepeatChannels<8>).
// K. He et al.: Deep residual learning for image recognition, 2015.
#pragma once
#include "kiln/compose/sum.hpp"
#include "kiln/layers/identity.hpp"

namespace kiln {

namespace detail {
// A part that has a name of its own, or stands inline, keeps that.
template <Name name, class Part> using or_named = std::conditional_t<std::is_same_v<unnamed<Part>, Part>, Named<name, Part>, Part>;
}  // namespace detail

template <class Branch, class Shortcut = Identity>
struct Residual : Sum<detail::or_named<"branch", Branch>, detail::or_named<"shortcut", Shortcut>> {
    using Base = Sum<detail::or_named<"branch", Branch>, detail::or_named<"shortcut", Shortcut>>;
    static constexpr Text name() { return "Residual"; }

    template <class In> static consteval Text fault(const Text& where, const Text& before) {
        if constexpr (!Base::template all_accept<In>) return Base::template fault<In>(where, before);
        else {
            using Wanted = output_of<unnamed<Branch>, In>;
            using Given = output_of<unnamed<Shortcut>, In>;
            Text t = text(layer_text<Residual>(where), " adds its branch, which gives ", shape_text<Wanted>, ", and its shortcut ", unnamed<Shortcut>::name(),
                          ", which gives ", shape_text<Given>);
            if constexpr (Wanted::rank == 3 && In::rank == 3)
                if constexpr (Wanted::extents[1] == In::extents[1] && Wanted::extents[2] == In::extents[2])
                    t << ": give it the shortcut Conv<" << In::extents[0] << "," << Wanted::extents[0] << ",1>";
            return t;
        }
    }
};

}  // namespace kiln
