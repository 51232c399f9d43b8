// The sentences are in tests/compile_fail; here is what must not be one.
#include <doctest/doctest.h>
#include <vector>
#include "kiln/model/arguments.hpp"
#include "kiln/layers/linear.hpp"

using namespace kiln;

TEST_CASE("arguments: samples of any type of numbers, as a batch or as one") {
    using In = Shape<1, 28, 28>;
    CHECK(detail::samples_fault<In, Tensor<float, 4>>.empty());
    CHECK(detail::samples_fault<In, Tensor<std::uint8_t, 3>>.empty());
    CHECK(detail::samples_fault<In, xt::xtensor<double, 4, xt::layout_type::column_major>>.empty());
    CHECK_FALSE(detail::samples_fault<In, Tensor<float, 2>>.empty());
    CHECK_FALSE(detail::samples_fault<In, std::vector<float>>.empty());
}

TEST_CASE("arguments: what is filled has the model's type and is not const") {
    CHECK(detail::fill_fault<float, Tensor<float, 2>>.empty());
    CHECK_FALSE(detail::fill_fault<float, const Tensor<float, 2>>.empty());
    CHECK_FALSE(detail::fill_fault<float, Tensor<double, 2>>.empty());
    CHECK_FALSE(detail::fill_fault<float, xt::xtensor<float, 2, xt::layout_type::column_major>>.empty());
}

TEST_CASE("arguments: a model's type, its parts and a sample as a list") {
    CHECK(detail::SoundModel<Linear<4, 3>, Shape<4>, double>);
    CHECK_FALSE(detail::SoundModel<Linear<4, 3>, Shape<4>, int>);
    CHECK_FALSE(detail::SoundModel<Linear<4, 3>, Shape<5>, float>);
    CHECK_FALSE(detail::SoundModel<Linear<4, 3>, int, float>);
    CHECK_FALSE(detail::part_fault<Linear<4, 3>, Shape<4>, 0>.empty());
    CHECK(detail::numbers_fault<Shape<4>, const float, const std::vector<float>&>.empty());
    CHECK_FALSE(detail::numbers_fault<Shape<4>, const float, const std::vector<double>&>.empty());
    CHECK(detail::classes_fault<Shape<5, 3>>.empty());
    CHECK_FALSE(detail::classes_fault<Shape<5, 3, 2>>.empty());
}
