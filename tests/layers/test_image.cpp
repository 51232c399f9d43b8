#include <doctest/doctest.h>
#include "kiln/layers/image.hpp"

using kiln::Extent2, kiln::Shape, kiln::TakesImage;

TEST_CASE("TakesImage: channels, and a smallest image") {
    using Three = TakesImage<3, Extent2{4, 2}>;
    CHECK(Three::accepts<Shape<3, 4, 2>>);
    CHECK(!Three::accepts<Shape<2, 4, 2>>);
    CHECK(!Three::accepts<Shape<3, 3, 2>>);
    CHECK(!Three::accepts<Shape<3, 4, 1>>);
    CHECK(!Three::accepts<Shape<3, 8>>);
    CHECK(!Three::accepts<Shape<1, 3, 4, 2>>);
    CHECK(TakesImage<0, 1>::accepts<Shape<7, 1, 1>>);
    static_assert(Three::takes.channels == 3);
    static_assert(TakesImage<0, 1>::takes.channels == 0);
}

TEST_CASE("TakesImage: says what it wants") {
    CHECK(TakesImage<3, 5>::expected<Shape<75>>().view() == "a 3xHxW image");
    CHECK(TakesImage<3, 5>::expected<Shape<4, 5, 5>>().view() == "3 channels");
    CHECK(TakesImage<1, 5>::expected<Shape<4, 5, 5>>().view() == "1 channel");
    CHECK(TakesImage<3, Extent2{5, 2}>::expected<Shape<3, 4, 5>>().view() == "an image of at least 5x2");
    CHECK(TakesImage<0, 1>::expected<Shape<75>>().view() == "a CxHxW image");
    CHECK(TakesImage<0, 2>::expected<Shape<1, 1, 9>>().view() == "an image of at least 2x2");
}
