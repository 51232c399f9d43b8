#include <doctest/doctest.h>
#include <string>
#include "kiln/core/type_name.hpp"
#include "kiln/tensor/tensor.hpp"

using namespace kiln;

namespace {
struct Swish {};
template <class... T> struct Long {};
}  // namespace

TEST_CASE("type_name: as a user writes it, Kiln's own without the namespace") {
    CHECK(type_name<int>().view() == "int");
    CHECK(type_name<Shape<1, 28>>().view() == "Shape<1, 28>");
    CHECK(type_name<Swish>().view().ends_with("Swish"));
    CHECK(type_name<Long<Shape<100000>, Shape<100000>, Shape<100000>>>().view().ends_with("Long<...>"));
}

TEST_CASE("type_name: what was given is a tensor of so many axes, or a type") {
    CHECK(given<Tensor<float, 3>>().view() == "a tensor of 3 axes");
    CHECK(given<Tensor<std::string, 1>>().view() == "a tensor of 1 axes that are no numbers");
    CHECK(given<double>().view() == "double");
}
