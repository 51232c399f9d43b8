#include <doctest/doctest.h>
#include "kiln/layers/extent2.hpp"

TEST_CASE("Extent2: one number is both, and is written as one") {
    CHECK(kiln::Extent2{3} == kiln::Extent2{3, 3});
    CHECK(kiln::Extent2{3} != kiln::Extent2{3, 5});
    CHECK(kiln::extent_text(3).view() == "3");
    CHECK(kiln::extent_text({3, 5}).view() == "3x5");
}
