// What a sample's target is: a data set has it in its type, a loss says which it wants, and the two must agree.
//
// In lanes every target is an array of numbers: target_shape says of which shape. A label is its class's index as a
// number (whole numbers are exact in float up to 2^24 classes).
#pragma once
#include "kiln/core/shape.hpp"

namespace kiln {

// The index of a class, 0 to classes - 1.
struct Label {};
// One number for each sample.
using Number = Shape<1>;

namespace detail {
template <class Target> struct target_shape_of {
    using type = Target;
};
template <> struct target_shape_of<Label> {
    using type = Shape<1>;
};
}  // namespace detail

// The shape of a sample's target in lanes: a label is one number, any other target is a Shape itself.
template <class Target> using target_shape = typename detail::target_shape_of<Target>::type;

}  // namespace kiln
