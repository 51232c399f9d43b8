// What a sample's target is: a data set has it in its type, a loss says which it wants, and the two must agree.
//
// In lanes every target is an array of numbers: target_shape says of which shape. A class is its index as a number (whole
// numbers are exact in float up to 2^24 classes).
#pragma once
#include "kiln/core/shape.hpp"

namespace kiln {

// The index of a class, 0 to classes - 1. A class for each step is Tokens<Steps, Classes>.
struct Label {};
// One number for each sample.
using Number = Shape<1>;

// Whether targets are classes, which may be answered right or wrong.
template <class Target> inline constexpr bool is_classes = std::is_same_v<Target, Label> || is_tokens<Target>;

namespace detail {
template <class Target> struct target_shape_of {
    using type = Target;
};
template <> struct target_shape_of<Label> {
    using type = Shape<1>;
};
template <std::size_t Length, std::size_t Vocabulary> struct target_shape_of<Tokens<Length, Vocabulary>> {
    using type = Shape<Length>;
};
}  // namespace detail

// The shape of a sample's target in lanes: a label is one number, tokens are as many as there are, any other target is a
// Shape itself.
template <class Target> using target_shape = typename detail::target_shape_of<Target>::type;

}  // namespace kiln
