#include <doctest/doctest.h>
#include "kiln/core/savable.hpp"
#include "kiln/compose/sequential.hpp"
#include "kiln/layers/linear.hpp"
#include "kiln/model/model.hpp"

using namespace kiln;

TEST_CASE("savable: models and their parts, and only what is not const is written into") {
    using Net = Model<Sequential<Linear<4, 3>>, Shape<4>>;
    using Part = decltype(std::declval<Net&>().part<0>());
    using ConstPart = decltype(std::declval<const Net&>().part<0>());
    CHECK(detail::savable_fault<Net>.empty());
    CHECK(detail::savable_fault<ConstPart>.empty());
    CHECK_FALSE(detail::savable_fault<int>.empty());
    CHECK(detail::writable_fault<Net>.empty());
    CHECK(detail::writable_fault<Part>.empty());
    CHECK_FALSE(detail::writable_fault<const Net>.empty());
    CHECK_FALSE(detail::writable_fault<ConstPart>.empty());
    CHECK_FALSE(detail::writable_fault<int>.empty());
}
