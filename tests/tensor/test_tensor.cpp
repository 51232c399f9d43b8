#include <doctest/doctest.h>
#include <array>
#include <string>
#include <type_traits>
#include <vector>
#include "kiln/tensor/tensor.hpp"

using namespace kiln;

namespace {
std::string message(auto&& f) {
    try {
        f();
    } catch (const DataError& error) {
        return error.what();
    }
    return "";
}
}  // namespace

TEST_CASE("a batch is n x the shape, row-major") {
    auto batch = make_batch<float, Shape<2, 3>>(4);
    static_assert(std::is_same_v<decltype(batch), Tensor<float, 3>>);
    CHECK(batch.shape() == std::array<std::size_t, 3>{4, 2, 3});
    CHECK(&batch(1, 1, 2) == batch.data() + 6 + 5);
    CHECK(make_batch<double, Shape<2, 3>>(0).size() == 0);
    CHECK(make_sample<double, Shape<5>>().shape() == std::array<std::size_t, 1>{5});
}

TEST_CASE("check_batch counts the samples of a tensor that fits") {
    CHECK(check_batch<Shape<1, 28, 28>>(Tensor<float, 4>({7, 1, 28, 28})) == 7);
    CHECK(check_batch<Shape<1, 28, 28>>(Tensor<float, 4>({0, 1, 28, 28})) == 0);
    CHECK(check_batch<Shape<1, 1>>(Tensor<float, 3>({1, 1, 1})) == 1);
    SUBCASE("axes of extent 1 may be missing or more") {
        CHECK(check_batch<Shape<1, 28, 28>>(Tensor<float, 3>({7, 28, 28})) == 7);
        CHECK(check_batch<Shape<28>>(Tensor<float, 3>({7, 28, 1})) == 7);
        CHECK(check_batch<Shape<1>>(Tensor<float, 1>(std::array<std::size_t, 1>{7})) == 7);
    }
}

TEST_CASE("check_batch says what was found and what was expected") {
    CHECK(message([] { check_batch<Shape<1, 28, 28>>(Tensor<float, 4>({7, 3, 32, 32})); }) ==
          "the batch is 7x3x32x32, expected n x 1x28x28 with one entry of the first axis for each sample");
    CHECK(message([] { check_batch<Shape<1, 28, 28>>(Tensor<float, 3>({1, 28, 28}), "the mask"); }) ==
          "");  // one sample of 28x28
    CHECK(message([] { check_batch<Shape<3, 8>>(Tensor<float, 2>({3, 8})); }) != "");
    CHECK(message([] { check_batch<Shape<3, 8>>(Tensor<float, 2>({5, 24})); }) != "");
    CHECK(message([] { check_batch<Shape<3, 8>>(Tensor<float, 3>({5, 8, 3})); }) != "");
    CHECK(message([] { check_batch<Shape<8>>(Tensor<float, 3>({5, 8, 8})); }) != "");
    CHECK(message([] { check_batch<Shape<1>>(Tensor<float, 0>(std::array<std::size_t, 0>{})); }) ==
          "the batch is a single number, expected n x 1 with one entry of the first axis for each sample");
}

TEST_CASE("check_sample wants the shape itself") {
    CHECK(message([] { check_sample<Shape<1, 28, 28>>(Tensor<float, 2>({28, 28})); }) == "");
    CHECK(message([] { check_sample<Shape<1, 28, 28>>(Tensor<float, 2>({28, 27}), "the image"); }) ==
          "the image is 28x27, expected 1x28x28");
}

TEST_CASE("a fixed view is the memory itself") {
    std::vector<float> numbers{0, 1, 2, 3, 4, 5};
    auto view = fixed_view<Shape<2, 3>>(numbers.data());
    CHECK(view(1, 2) == 5);
    view(1, 0) = 30;
    CHECK(numbers[3] == 30);
    CHECK(view.shape()[0] == 2);
    CHECK(view.shape()[1] == 3);
    view = Tensor<float, 2>{{9, 8, 7}, {6, 5, 4}};
    CHECK(numbers == std::vector<float>{9, 8, 7, 6, 5, 4});

    const std::vector<float>& constant = numbers;
    const auto read = fixed_view<Shape<6>>(constant.data());
    CHECK(read(5) == 4);
    static_assert(std::is_same_v<decltype(read(0)), const float&>);
    const Tensor<float, 1> doubled = 2 * read;
    CHECK(doubled(0) == 18);
}
